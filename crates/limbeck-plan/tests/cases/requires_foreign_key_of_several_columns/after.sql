-- seed: INSERT INTO p VALUES (1, 'a')
-- seed: INSERT INTO simple VALUES (1, NULL), (NULL, 'x'), (1, 'a')
-- seed: INSERT INTO whole VALUES (NULL, NULL), (1, 'a')
-- refused: INSERT INTO simple VALUES (1, 'b')
-- refused: INSERT INTO whole VALUES (1, NULL)
-- refused: INSERT INTO whole VALUES (1, 'b')
-- keeps: SELECT * FROM simple
-- keeps: SELECT * FROM whole
CREATE TABLE p (a integer, b text, c integer, PRIMARY KEY (a, b));
CREATE TABLE simple (a integer, b text, FOREIGN KEY (b, a) REFERENCES p (b, a));
CREATE TABLE whole (a integer, b text, FOREIGN KEY (a, b) REFERENCES p MATCH FULL);

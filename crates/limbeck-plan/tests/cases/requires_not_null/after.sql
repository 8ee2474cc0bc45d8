-- seed: INSERT INTO users VALUES (1, 'a', 'b')
-- refused: INSERT INTO users VALUES (2, NULL, 'b')
-- refused: INSERT INTO users VALUES (2, 'a', NULL)
-- keeps: SELECT * FROM users
CREATE TABLE users (id integer PRIMARY KEY, email text NOT NULL, "Nick name" text NOT NULL);

-- seed: INSERT INTO c VALUES (1, 'b')
-- keeps: SELECT a, b FROM c
CREATE TABLE p (a integer);
CREATE TABLE c (b text) INHERITS (p);
CREATE TABLE d () INHERITS (p);

-- seed: INSERT INTO c VALUES ('happy')
-- refused: INSERT INTO c VALUES ('sad')
-- keeps: SELECT * FROM q
CREATE TYPE mood AS ENUM ('ok', 'happy');
CREATE TABLE p (feels mood DEFAULT 'ok');
CREATE TABLE q (feels mood DEFAULT 'ok');
CREATE TABLE c (feels mood DEFAULT 'ok') INHERITS (p, q);

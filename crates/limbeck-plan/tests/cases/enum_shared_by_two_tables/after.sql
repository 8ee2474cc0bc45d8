-- seed: INSERT INTO t VALUES (1, 'b'); INSERT INTO u VALUES (1, 'b', '{a,b}')
-- keeps: SELECT t.*, u.id, u.e, u.es FROM t, u
CREATE TYPE e AS ENUM ('b', 'a', 'd');
CREATE TABLE t (id integer PRIMARY KEY, e e NOT NULL DEFAULT 'd');
CREATE TABLE u (id integer PRIMARY KEY, e e DEFAULT 'b', es e[] NOT NULL DEFAULT '{d}', e2 e NOT NULL DEFAULT 'd');
CREATE UNIQUE INDEX ON t (id) WHERE e = 'a';
CREATE FUNCTION f(e) RETURNS e LANGUAGE sql AS 'SELECT $1';

-- rename: column public.t.y = yy
-- seed: INSERT INTO t VALUES (1, 'a', 'b')
-- refused: INSERT INTO t VALUES (1, 'more than ten', 'b')
-- refused: INSERT INTO t VALUES (1, 'a', '')
-- refused: INSERT INTO t VALUES (1, 'a', NULL)
-- refused: INSERT INTO u VALUES ('more than ten')
-- keeps: SELECT id, x, y FROM t => SELECT id, x, yy FROM t
CREATE DOMAIN short AS varchar(30) NOT NULL CONSTRAINT short_enough CHECK (length(value) < 10) CONSTRAINT given CHECK (value <> '');
CREATE TABLE t (id integer PRIMARY KEY, x short, yy short);
CREATE TABLE u (name short);

-- seed: INSERT INTO t VALUES (1, 5, '{6,7}'), (2, 5, NULL)
-- refused: INSERT INTO t VALUES (1, -5, '{6}')
-- refused: INSERT INTO t VALUES (1, NULL, '{6}')
-- refused: INSERT INTO t VALUES (1, 5, '{6,-7}')
-- refused: INSERT INTO t VALUES (1, 5, '{6,NULL}')
-- keeps: SELECT * FROM t
CREATE DOMAIN share AS integer NOT NULL CONSTRAINT positive CHECK (VALUE > 0);
CREATE TABLE t (id integer PRIMARY KEY, one share, many share[]);

-- seed: INSERT INTO t VALUES (1, 'NaN', 'NaN')
-- refused: INSERT INTO t (id, b) VALUES (1, 'Infinity')
-- refused: INSERT INTO t (id, a) VALUES (1, 1000)
-- keeps: SELECT id, a, b FROM t
CREATE TABLE t (id integer PRIMARY KEY, a numeric(5,2), b numeric(4,1));

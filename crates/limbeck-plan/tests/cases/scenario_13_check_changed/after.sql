-- seed: INSERT INTO t VALUES (1, 11), (1, NULL)
-- refused: INSERT INTO t VALUES (1, 5)
-- keeps: SELECT * FROM t
CREATE TABLE t (a integer, b integer, CONSTRAINT b_large CHECK (b > 10));

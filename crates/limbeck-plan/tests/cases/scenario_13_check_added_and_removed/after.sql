-- seed: INSERT INTO t VALUES (1, 11)
-- refused: INSERT INTO t VALUES (1, 0)
-- keeps: SELECT * FROM t
CREATE TABLE t (a integer, b integer, CONSTRAINT come CHECK (b > 0));

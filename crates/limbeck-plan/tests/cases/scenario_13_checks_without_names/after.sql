-- seed: INSERT INTO t VALUES (1, 11)
-- keeps: SELECT * FROM t
CREATE TABLE t (a integer CHECK (a > 0), b integer, CHECK (b > 0), CHECK (a <= b));

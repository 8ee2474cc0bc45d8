-- since 18
-- seed: INSERT INTO t VALUES (1, 'b')
-- keeps: SELECT a, b FROM t_1
CREATE TABLE t (a integer NOT NULL, b text) PARTITION BY LIST (a);
CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE INDEX ON t (b);

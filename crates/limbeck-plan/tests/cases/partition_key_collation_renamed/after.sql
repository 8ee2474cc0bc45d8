-- rename: collation public.plain = simple
-- keeps: SELECT a FROM t
-- seed: INSERT INTO t VALUES ('b')
CREATE COLLATION simple (locale = 'C');
CREATE TABLE t (a text) PARTITION BY RANGE (a COLLATE simple);
CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM ('a') TO ('m');

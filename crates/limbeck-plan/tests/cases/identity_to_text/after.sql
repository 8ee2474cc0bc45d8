-- seed: INSERT INTO t (a) VALUES (1), (2)
-- keeps: SELECT id::text FROM t ORDER BY 1
CREATE TABLE t (id text PRIMARY KEY, a integer);

-- seed: INSERT INTO t (name) VALUES ('a'), ('b')
-- keeps: SELECT id, name FROM t ORDER BY 1
CREATE TABLE t (id bigint PRIMARY KEY, name text);

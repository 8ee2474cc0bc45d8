-- seed: INSERT INTO t VALUES ('a', 1)
-- keeps: SELECT * FROM t
CREATE DOMAIN d AS text COLLATE "C";
CREATE TABLE t (d d PRIMARY KEY, x integer);
CREATE INDEX i ON t (x, d);

-- seed: INSERT INTO t VALUES (1, 'x')
-- keeps: SELECT a, b FROM t
CREATE TYPE c AS (a bigint, b text);
CREATE TABLE t OF c (a PRIMARY KEY);
CREATE TABLE u OF c;
CREATE VIEW v AS SELECT a FROM t;

-- seed: INSERT INTO t VALUES (1, 'x')
-- keeps: SELECT a, b FROM t
CREATE TYPE c AS (a integer, b text);
CREATE TABLE t (a integer, b text);
CREATE TABLE u OF c;

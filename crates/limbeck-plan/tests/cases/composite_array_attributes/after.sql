-- seed: INSERT INTO t VALUES (ARRAY[ROW(2, 'x')::c])
-- keeps: SELECT (cs[1]).a, (cs[1]).b FROM t
CREATE TYPE c AS (a integer, b text, z integer);
CREATE TABLE t (cs c[]);

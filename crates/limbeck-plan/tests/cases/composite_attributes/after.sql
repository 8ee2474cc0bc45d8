-- seed: INSERT INTO t VALUES (ROW(1, 'x', 'y'), ARRAY[ROW(2, 'x', 'y')::c])
-- keeps: SELECT (c).a, (c).d, (cs[1]).a FROM t
CREATE TYPE c AS (a integer, d text, z integer, y text);
CREATE TABLE t (c c, cs c[]);
COMMENT ON COLUMN c.a IS 'new';
COMMENT ON COLUMN c.y IS 'y';

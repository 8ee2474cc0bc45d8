-- seed: INSERT INTO t VALUES (ROW(1, 'x', 'y'))
-- keeps: SELECT (c).a, (c).d FROM t
CREATE TYPE c AS (a integer, d text, z integer, y text);
CREATE TABLE t (c c);
COMMENT ON COLUMN c.a IS 'new';
COMMENT ON COLUMN c.y IS 'y';

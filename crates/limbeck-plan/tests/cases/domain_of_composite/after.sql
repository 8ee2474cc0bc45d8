-- seed: INSERT INTO t VALUES (ROW(1, 'x'))
-- keeps: SELECT (d).a, (d).b FROM t
CREATE TYPE c AS (b text, a integer, z text);
CREATE DOMAIN d AS c CHECK ((VALUE).a > 0);
CREATE TABLE t (d d);

-- seed: INSERT INTO t VALUES ('[10:00,11:00)')
-- keeps: SELECT * FROM t
CREATE FUNCTION apart(x time, y time) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT AS 'SELECT extract(epoch FROM x - y)::float8';
CREATE TYPE times AS RANGE (SUBTYPE = time, SUBTYPE_DIFF = apart);
CREATE TABLE t (r times);

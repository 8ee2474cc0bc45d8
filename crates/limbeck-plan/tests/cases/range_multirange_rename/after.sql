-- seed: INSERT INTO t VALUES ('[1,3)', '{[1,2)}')
-- keeps: SELECT * FROM t
CREATE TYPE r AS RANGE (SUBTYPE = integer, MULTIRANGE_TYPE_NAME = "many R");
CREATE TABLE t (r r, m "many R", ms "many R"[]);
CREATE FUNCTION f("many R") RETURNS integer LANGUAGE sql AS 'SELECT 1';

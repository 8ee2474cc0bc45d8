-- rename: type public.r = R
-- seed: INSERT INTO t VALUES ('[1,3)', '{[1,2)}', '{[1,2)}')
-- keeps: SELECT * FROM t
CREATE TYPE "R" AS RANGE (SUBTYPE = integer, MULTIRANGE_TYPE_NAME = r_multirange);
CREATE TYPE o AS RANGE (SUBTYPE = integer);
CREATE TABLE t (r "R", m r_multirange, o o_multirange);
CREATE FUNCTION f("R") RETURNS r_multirange LANGUAGE sql AS 'SELECT NULL::public.r_multirange';

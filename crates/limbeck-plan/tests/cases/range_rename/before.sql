CREATE TYPE r AS RANGE (SUBTYPE = integer);
CREATE TYPE o AS RANGE (SUBTYPE = integer);
CREATE TABLE t (r r, m r_multirange, o o_multirange);
CREATE FUNCTION f(r) RETURNS r_multirange LANGUAGE sql AS 'SELECT NULL::public.r_multirange';

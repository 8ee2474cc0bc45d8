CREATE TYPE r AS RANGE (SUBTYPE = integer);
CREATE TABLE t (r r, m r_multirange, ms r_multirange[]);
CREATE FUNCTION f(r_multirange) RETURNS integer LANGUAGE sql AS 'SELECT 1';

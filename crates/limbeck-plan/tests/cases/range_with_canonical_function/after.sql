CREATE TYPE r;
CREATE FUNCTION canon(r) RETURNS r LANGUAGE internal IMMUTABLE STRICT AS 'int4range_canonical';
CREATE TYPE r AS RANGE (SUBTYPE = integer, CANONICAL = canon);
CREATE TABLE t (id integer, r r);

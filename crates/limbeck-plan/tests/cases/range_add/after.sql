CREATE FUNCTION apart(a time, b time) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT AS 'SELECT extract(epoch FROM a - b)::float8';
CREATE TYPE times AS RANGE (SUBTYPE = time, SUBTYPE_DIFF = apart);
COMMENT ON TYPE times IS 'from and to';
CREATE TYPE "Name range" AS RANGE (SUBTYPE = text, SUBTYPE_OPCLASS = text_pattern_ops, COLLATION = "C", MULTIRANGE_TYPE_NAME = names);
CREATE TYPE pricerange AS RANGE (SUBTYPE = numeric);
CREATE TABLE t (id integer, a times DEFAULT times('10:00', '11:00'), b "Name range"[], c names, d times_multirange, e pricemultirange,
    EXCLUDE USING gist (a WITH &&));
CREATE INDEX i ON t USING gist (d);

CREATE TYPE span;
CREATE FUNCTION whole(span) RETURNS span LANGUAGE internal IMMUTABLE STRICT AS 'int4range_canonical';
CREATE TYPE span AS RANGE (SUBTYPE = integer, CANONICAL = whole);
CREATE TABLE t (id integer, at span NOT NULL);
CREATE INDEX t_at_idx ON t (at);

CREATE FUNCTION apart(a integer, b integer) RETURNS double precision LANGUAGE sql IMMUTABLE AS 'SELECT (a - b)::double precision';
CREATE TYPE span AS RANGE (SUBTYPE = integer, SUBTYPE_DIFF = apart);
CREATE TABLE t (id integer, at span, many span[], all_of span_multirange);
CREATE INDEX t_at_idx ON t USING gist (at);

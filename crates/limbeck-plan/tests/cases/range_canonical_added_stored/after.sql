-- seed: INSERT INTO t VALUES (1, '[1,3)')
-- keeps: SELECT * FROM t
CREATE TYPE span;
CREATE FUNCTION entire(span) RETURNS span LANGUAGE internal IMMUTABLE STRICT AS 'int4range_canonical';
CREATE TYPE span AS RANGE (SUBTYPE = integer, CANONICAL = entire);
CREATE TABLE t (id integer, at span NOT NULL);
CREATE INDEX t_at_idx ON t (at);

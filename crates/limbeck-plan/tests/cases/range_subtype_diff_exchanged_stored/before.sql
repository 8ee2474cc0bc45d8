CREATE FUNCTION apart(integer, integer) RETURNS double precision LANGUAGE sql IMMUTABLE AS 'SELECT ($1 - $2)::double precision';
CREATE TYPE span AS RANGE (SUBTYPE = integer, SUBTYPE_DIFF = apart);
CREATE TABLE t (id integer, at span DEFAULT '[1,2)');
CREATE VIEW v AS SELECT at FROM t;

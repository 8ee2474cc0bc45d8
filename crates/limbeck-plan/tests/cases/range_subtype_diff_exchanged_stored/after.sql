-- seed: INSERT INTO t VALUES (1, '[1,3)')
-- keeps: SELECT * FROM t
CREATE FUNCTION far(integer, integer) RETURNS double precision LANGUAGE sql IMMUTABLE AS 'SELECT ($1 - $2)::double precision';
CREATE TYPE span AS RANGE (SUBTYPE = integer, SUBTYPE_DIFF = far);
CREATE TABLE t (id integer, at span DEFAULT '[1,2)');
CREATE VIEW v AS SELECT at FROM t;

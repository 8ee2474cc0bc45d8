-- seed: INSERT INTO t VALUES ('[1,3)', '{"[1,2)"}', '{[5,6)}', '[7,8)')
-- keeps: SELECT * FROM t
CREATE TYPE r AS RANGE (SUBTYPE = bigint);
COMMENT ON TYPE r IS 'x';
CREATE DOMAIN d AS r;
CREATE FUNCTION f(r) RETURNS r_multirange LANGUAGE sql IMMUTABLE AS 'SELECT NULL::public.r_multirange';
CREATE TABLE t (r r DEFAULT r(1, 5), rs r[], m r_multirange, d d, EXCLUDE USING gist (r WITH &&));
CREATE INDEX i ON t (lower(r));
CREATE VIEW v AS SELECT r, r(1, 2) AS x FROM t;

-- seed: INSERT INTO t VALUES ('(1,x)', '[1,5)', 'ok', 3)
-- keeps: SELECT * FROM t
CREATE SCHEMA s;
CREATE COLLATION s.coll FROM "C";
CREATE TYPE s.e AS ENUM ('ok');
CREATE DOMAIN s.f AS s.e;
CREATE TYPE c AS (n integer, t text COLLATE s.coll);
CREATE DOMAIN cd AS c;
CREATE FUNCTION s.diff(integer, integer) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT ($1 - $2)::float8';
CREATE TYPE r AS RANGE (SUBTYPE = integer, SUBTYPE_DIFF = s.diff);
CREATE DOMAIN n AS integer DEFAULT 4 CHECK (VALUE > 0);
CREATE TABLE t (a cd, b r, c s.f, d n);

CREATE TYPE e AS ENUM ('y', 'x');
CREATE DOMAIN "D" AS integer;
CREATE TYPE a AS (x "D");
CREATE FUNCTION to_int(e) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE FUNCTION to_a(number integer) RETURNS a LANGUAGE sql IMMUTABLE AS 'SELECT ROW($1)::public.a';
CREATE CAST (e AS integer) WITH FUNCTION to_int(e);
CREATE CAST (integer AS a) WITH FUNCTION to_a(integer);
COMMENT ON CAST (e AS integer) IS 'x';
CREATE TABLE t (e e);

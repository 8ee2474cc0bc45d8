CREATE TYPE a AS (x integer);
CREATE FUNCTION to_int(a) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT ($1).x';
CREATE CAST (a AS integer) WITH FUNCTION to_int(a);

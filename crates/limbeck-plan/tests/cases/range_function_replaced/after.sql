CREATE FUNCTION apart(x time, y time) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT AS 'SELECT extract(epoch FROM x - y)::float8';
CREATE TYPE times AS RANGE (SUBTYPE = time, SUBTYPE_DIFF = apart);

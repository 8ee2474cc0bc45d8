CREATE FUNCTION apart(a time, b time) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT AS 'SELECT extract(epoch FROM a - b)::float8';
CREATE TYPE times AS RANGE (SUBTYPE = time, SUBTYPE_DIFF = apart);

CREATE FUNCTION z_inner(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';
CREATE FUNCTION a_outer(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT public.Z_Inner($1)';
CREATE FUNCTION odd(integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1 <> 0 AND public.even($1 - 1); END';
CREATE FUNCTION even(integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1 = 0 OR public.odd($1 - 1); END';
CREATE TABLE t (id integer PRIMARY KEY, a text, CHECK (odd(id)));
CREATE INDEX i ON t (a_outer(a));

-- rename: type public.a = A
-- rename: function public.to_int(public.a) = as_int
CREATE TYPE "A" AS (x integer);
CREATE FUNCTION as_int("A") RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT ($1).x';
CREATE CAST ("A" AS integer) WITH FUNCTION as_int("A");

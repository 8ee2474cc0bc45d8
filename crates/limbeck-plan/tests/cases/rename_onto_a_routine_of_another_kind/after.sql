-- rename: function public.f(integer) = g
CREATE FUNCTION g(a integer) RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$;

CREATE FUNCTION a(IN x integer, OUT y integer, INOUT z text DEFAULT 'y') LANGUAGE sql AS 'SELECT 2, z';
CREATE FUNCTION b(x anyelement, VARIADIC y anyarray) RETURNS anyelement LANGUAGE sql STABLE AS 'SELECT y[1]';
CREATE FUNCTION c(x integer) RETURNS TABLE (a integer, b text) LANGUAGE sql AS 'SELECT 1, ''''::text';
CREATE PROCEDURE p(IN x integer, INOUT y text, OUT z integer) LANGUAGE plpgsql AS 'BEGIN z := x; END';

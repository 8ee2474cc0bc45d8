CREATE FUNCTION a(IN x integer, OUT y integer, INOUT z text DEFAULT 'z') LANGUAGE sql AS 'SELECT 1, z';
CREATE FUNCTION b(x anyelement, VARIADIC y anyarray) RETURNS anyelement LANGUAGE sql AS 'SELECT x';
CREATE FUNCTION c(x integer) RETURNS TABLE (a integer) LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE p(IN x integer, INOUT y text) LANGUAGE plpgsql AS 'BEGIN y := x::text; END';

CREATE FUNCTION f(a integer) RETURNS SETOF integer LANGUAGE sql ROWS 10 COST 1000 SUPPORT generate_series_int4_support AS 'SELECT a';
CREATE FUNCTION g(a integer) RETURNS integer LANGUAGE plpgsql LEAKPROOF SECURITY DEFINER SET search_path TO 'public', 'pg_temp' SET work_mem TO '5MB' AS 'BEGIN RETURN a; END';
CREATE FUNCTION h(VARIADIC a text[]) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT a[1]';
CREATE PROCEDURE p(INOUT a integer) LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN a := 2; END';
CREATE FUNCTION table_of(n integer) RETURNS TABLE (a integer, "B" text) LANGUAGE sql STABLE AS 'SELECT 1, ''''::text';

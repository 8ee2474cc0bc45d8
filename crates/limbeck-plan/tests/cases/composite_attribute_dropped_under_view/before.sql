CREATE TYPE c AS (a integer, b text);
CREATE FUNCTION f() RETURNS c LANGUAGE sql AS 'SELECT NULL::public.c';
CREATE VIEW v AS SELECT (f()).a AS a, (f()).b AS b;
CREATE VIEW w AS SELECT * FROM v;

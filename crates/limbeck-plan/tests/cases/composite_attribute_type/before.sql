-- In place: no column holds a value.
CREATE TYPE c AS (a integer, b text);
CREATE TYPE o AS (c c);
CREATE FUNCTION f(o) RETURNS c LANGUAGE sql AS 'SELECT ($1).c';
CREATE VIEW v AS SELECT (NULL::c).a AS a;
CREATE VIEW w AS SELECT (NULL::c).b AS b;

CREATE TYPE c AS (a integer, b text);
CREATE TYPE o AS (c c, n integer);
CREATE TYPE free AS (a integer, b text);
CREATE FUNCTION f(free) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TABLE t (id integer PRIMARY KEY, c c, o o);

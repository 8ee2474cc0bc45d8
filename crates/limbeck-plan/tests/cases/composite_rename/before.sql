CREATE TYPE c AS (a integer, b text);
COMMENT ON TYPE c IS 'x';
CREATE TYPE o AS (c c, cs c[]);
CREATE DOMAIN d AS c;
CREATE FUNCTION f(c, o) RETURNS c[] LANGUAGE sql AS 'SELECT NULL::public.c[]';
CREATE TABLE t (c c, o o, d d);

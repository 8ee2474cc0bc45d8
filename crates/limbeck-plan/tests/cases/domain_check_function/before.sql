-- A function under a check and a default is replaced.
CREATE FUNCTION ok(n integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT n > 0';
CREATE FUNCTION one() RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE DOMAIN d AS integer DEFAULT one() CONSTRAINT fine CHECK (ok(VALUE));
CREATE TABLE t (d d);

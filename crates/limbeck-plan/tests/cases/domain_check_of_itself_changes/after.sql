-- No row has a value of it: the function's argument would be checked by the function.
CREATE DOMAIN d AS bigint;
CREATE FUNCTION f(d) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1::bigint > 0';
ALTER DOMAIN d ADD CONSTRAINT c CHECK (f(VALUE));
ALTER DOMAIN d ADD CONSTRAINT stays CHECK (VALUE < 100);
CREATE TABLE t (id integer, many d);

CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT a';
CREATE TABLE t (id integer PRIMARY KEY, a integer, g integer GENERATED ALWAYS AS (f(a)) STORED, d integer DEFAULT f(1), CHECK (f(id) > 0));
CREATE INDEX i ON t (g) WHERE f(a) > 1;
COMMENT ON COLUMN t.g IS 'g';
COMMENT ON INDEX i IS 'i';

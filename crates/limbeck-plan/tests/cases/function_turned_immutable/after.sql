CREATE FUNCTION rank(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2';
CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer GENERATED ALWAYS AS (rank(a)) STORED);
CREATE INDEX i ON t (rank(a));

CREATE FUNCTION rank(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1 * 2';
CREATE TABLE t (id integer PRIMARY KEY, a integer);

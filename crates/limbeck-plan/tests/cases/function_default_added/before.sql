CREATE TABLE t (n integer);
CREATE FUNCTION f(a integer, b integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT a';
CREATE VIEW v AS SELECT f(n, 1) FROM t;

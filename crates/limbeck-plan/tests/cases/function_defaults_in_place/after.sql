CREATE TABLE t (n integer);
CREATE FUNCTION f(a integer, b integer DEFAULT 2, c text DEFAULT 'y') RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT a';
CREATE VIEW v AS SELECT f(n) FROM t;

CREATE TABLE t (n integer);
CREATE FUNCTION f(a integer, b integer DEFAULT 1, c text DEFAULT 'x') RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT a';
CREATE VIEW v AS SELECT f(n) FROM t;

CREATE TABLE t (n integer);
CREATE AGGREGATE f(integer) (SFUNC = int4pl, STYPE = integer);
CREATE FUNCTION g(n integer) RETURNS integer LANGUAGE sql AS 'SELECT n';
CREATE VIEW v AS SELECT f(n) FROM t;

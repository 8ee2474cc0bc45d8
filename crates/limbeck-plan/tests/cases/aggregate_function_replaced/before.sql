CREATE TABLE t (n integer);
CREATE FUNCTION add(a integer, b integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT a + coalesce(b, 0)';
CREATE AGGREGATE total(integer) (SFUNC = add, STYPE = integer, INITCOND = '0');
CREATE AGGREGATE other(integer) (SFUNC = add, STYPE = integer, INITCOND = '1');
CREATE VIEW v AS SELECT total(n) FROM t;

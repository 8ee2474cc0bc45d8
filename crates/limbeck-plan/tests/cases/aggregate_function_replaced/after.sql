CREATE TABLE t (n integer);
CREATE FUNCTION add(state integer, n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT state + coalesce(n, 0)';
CREATE AGGREGATE total(integer) (SFUNC = add, STYPE = integer, INITCOND = '0');
CREATE AGGREGATE other(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '1');
CREATE VIEW v AS SELECT total(n) FROM t;

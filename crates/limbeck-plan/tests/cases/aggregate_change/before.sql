CREATE TABLE t (n integer);
CREATE FUNCTION add(a integer, b integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT a + coalesce(b, 0)';
CREATE FUNCTION half(a integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT a / 2';

CREATE AGGREGATE total(integer) (SFUNC = add, STYPE = integer, INITCOND = '0');
COMMENT ON AGGREGATE total(integer) IS 'Sum';
CREATE VIEW v AS SELECT total(n) FROM t;

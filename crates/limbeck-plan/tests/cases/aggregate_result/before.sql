CREATE TABLE t (n integer);
CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer);
CREATE VIEW v AS SELECT total(n) AS n FROM t;
CREATE VIEW w AS SELECT n FROM v;
COMMENT ON VIEW v IS 'Kept';

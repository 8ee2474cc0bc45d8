CREATE TABLE t (a integer, b text, c integer);
CREATE STATISTICS s ON a, b FROM t;
CREATE STATISTICS x ON (a + c), b FROM t;
CREATE STATISTICS unasked (mcv) ON a, c FROM t;
ALTER STATISTICS unasked SET STATISTICS 5;

CREATE TABLE t (a integer, b text, c integer);
CREATE STATISTICS s ON a, b FROM t;
CREATE STATISTICS u ON a, b FROM t;
CREATE STATISTICS x ON (a + c), b FROM t;

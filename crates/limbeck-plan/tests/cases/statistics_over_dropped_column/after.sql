CREATE TABLE t (a integer, c integer);
CREATE STATISTICS u ON a, c FROM t;

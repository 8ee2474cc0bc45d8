CREATE TABLE t (a int, b int, c int);
GRANT SELECT, UPDATE ON t TO reader;
GRANT SELECT (a), INSERT (a) ON t TO reader;

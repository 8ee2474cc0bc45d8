-- role: reader
CREATE TABLE t (a int, b int, c int);
GRANT UPDATE ON t TO reader;
GRANT SELECT (a), INSERT (a) ON t TO reader;
GRANT SELECT (b) ON t TO reader;

-- role: reader
CREATE TABLE t (a int, b int);
GRANT SELECT ON t TO reader;
GRANT SELECT (a) ON t TO reader WITH GRANT OPTION;

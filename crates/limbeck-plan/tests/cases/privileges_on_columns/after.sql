-- role: reader
-- role: writer
CREATE TABLE t (a int, "B b" int, c int);
GRANT SELECT (a, "B b"), UPDATE (a, "B b") ON t TO reader;
GRANT INSERT (c), REFERENCES (c) ON t TO writer WITH GRANT OPTION;

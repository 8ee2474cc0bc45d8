CREATE TABLE t (a int, "B b" int, c int);
GRANT SELECT (a, c) ON t TO reader;

-- role: reader
CREATE TABLE t (a bigint);
GRANT SELECT (a) ON t TO reader;

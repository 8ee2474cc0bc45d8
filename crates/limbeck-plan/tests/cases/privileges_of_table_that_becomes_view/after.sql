-- role: reader
CREATE TABLE t (a int);
CREATE VIEW x AS SELECT a FROM t;
GRANT SELECT ON x TO reader;
GRANT SELECT (a) ON x TO reader;

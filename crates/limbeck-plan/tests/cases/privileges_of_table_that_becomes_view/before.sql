CREATE TABLE t (a int);
CREATE TABLE x (a int);
GRANT SELECT ON x TO reader;
GRANT SELECT (a) ON x TO reader;

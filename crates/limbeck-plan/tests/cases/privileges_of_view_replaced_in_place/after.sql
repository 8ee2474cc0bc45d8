-- role: reader
CREATE TABLE t (a int, b int);
CREATE VIEW v AS SELECT a, b FROM t;
GRANT SELECT ON v TO reader;
GRANT UPDATE (b) ON v TO reader;
COMMENT ON COLUMN v.b IS 'x';

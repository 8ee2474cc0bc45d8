-- role: reader
-- role: writer
CREATE TABLE t (a int, b int);
GRANT SELECT, INSERT ON t TO reader;
GRANT SELECT, INSERT ON t TO writer;
GRANT DELETE ON t TO PUBLIC;

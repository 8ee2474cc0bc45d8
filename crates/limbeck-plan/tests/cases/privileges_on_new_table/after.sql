-- role: reader
-- role: writer
CREATE TABLE t (a int PRIMARY KEY, b int);
CREATE TABLE u (a int REFERENCES t);
GRANT ALL ON t TO writer;
GRANT SELECT ON t, u TO reader;
GRANT UPDATE (b) ON t TO reader;

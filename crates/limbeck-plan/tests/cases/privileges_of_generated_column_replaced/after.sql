-- role: reader
CREATE TABLE t (a int, g int GENERATED ALWAYS AS (a + 2) STORED);
GRANT SELECT (g) ON t TO reader;
GRANT SELECT (a) ON t TO reader;

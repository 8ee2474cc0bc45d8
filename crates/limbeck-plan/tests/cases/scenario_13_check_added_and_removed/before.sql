CREATE TABLE t (a integer, b integer, CONSTRAINT gone CHECK (a < 5));

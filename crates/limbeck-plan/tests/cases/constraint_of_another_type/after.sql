CREATE TABLE t (a integer, CONSTRAINT x CHECK (a > 0));

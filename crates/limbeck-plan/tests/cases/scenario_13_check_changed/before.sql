CREATE TABLE t (a integer, b integer, CONSTRAINT b_large CHECK (b > 0));

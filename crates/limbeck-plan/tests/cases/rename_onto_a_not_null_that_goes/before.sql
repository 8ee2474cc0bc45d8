CREATE TABLE t (a integer CONSTRAINT filled NOT NULL, b integer, CONSTRAINT c CHECK (b > 0));

CREATE TABLE t (a integer CONSTRAINT one NOT NULL, b integer CONSTRAINT two NOT NULL, c integer, CONSTRAINT three CHECK (a > 0));

-- since 18
CREATE TABLE t (a integer CONSTRAINT two NOT NULL, b integer CONSTRAINT one NOT NULL, c integer CONSTRAINT three NOT NULL);

CREATE TABLE t (a integer NOT NULL, b text NOT NULL, c integer NOT NULL);

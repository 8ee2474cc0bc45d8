CREATE TABLE t (id integer PRIMARY KEY, b integer NOT NULL);

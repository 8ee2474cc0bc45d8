CREATE TABLE t (id integer PRIMARY KEY, a numeric(10,2), b numeric);

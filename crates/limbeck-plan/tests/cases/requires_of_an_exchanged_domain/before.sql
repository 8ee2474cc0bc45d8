CREATE DOMAIN share AS integer;
CREATE TABLE t (id integer PRIMARY KEY, one share, many share[]);

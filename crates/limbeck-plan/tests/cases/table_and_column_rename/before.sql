CREATE TABLE t (id integer PRIMARY KEY, a text);
CREATE INDEX ON t (a);

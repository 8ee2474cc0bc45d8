CREATE TABLE t (id integer PRIMARY KEY, a integer DEFAULT 1, b date, c integer, d bigint);

CREATE TABLE t (id integer PRIMARY KEY, a numeric(10,2) DEFAULT 1.5, b timestamptz, c bigint, d integer);

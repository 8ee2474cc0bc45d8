CREATE TABLE t (id integer PRIMARY KEY, a jsonb, b text, c bigint[]);

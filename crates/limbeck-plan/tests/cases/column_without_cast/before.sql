CREATE TABLE t (id integer PRIMARY KEY, a jsonb, b boolean, c bytea DEFAULT '\x00', d text[], e text DEFAULT '{}');

CREATE TABLE t (id integer, e text NOT NULL DEFAULT 'a');

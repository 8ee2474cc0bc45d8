-- rename: index public.i = t_key
CREATE TABLE t (a integer, b integer);
CREATE INDEX t_key ON t (b);

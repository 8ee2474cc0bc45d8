CREATE TABLE t (a integer, b integer, c text, CONSTRAINT t_u UNIQUE (a, b) INCLUDE (c) WITH (fillfactor = 70));
ALTER TABLE t CLUSTER ON t_u;
COMMENT ON INDEX t_u IS 'x';

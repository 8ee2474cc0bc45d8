CREATE TABLE t (a bigint, b integer, c text, CONSTRAINT t_u UNIQUE (b, a) WITH (fillfactor = 70) DEFERRABLE);
ALTER TABLE t CLUSTER ON t_u;
COMMENT ON INDEX t_u IS 'x';

CREATE TABLE t (id bigint CONSTRAINT t_key UNIQUE, a integer);
ALTER TABLE t CLUSTER ON t_key;
COMMENT ON INDEX t_key IS 'x';

CREATE TABLE t (id bigint, a integer, b integer);
CREATE INDEX t_i ON t (b);
ALTER TABLE t CLUSTER ON t_i;
CREATE TABLE gone (a integer);

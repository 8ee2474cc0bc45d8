CREATE TABLE t (id bigint, a integer, b integer);
CREATE INDEX t_i ON t (a);
ALTER TABLE t CLUSTER ON t_i;
CREATE TABLE gone (a integer);
CREATE INDEX gone_a ON gone (a);
ALTER TABLE gone CLUSTER ON gone_a;

CREATE TABLE t (a integer, b text);
CREATE INDEX t_i ON t (b);
ALTER TABLE t CLUSTER ON t_i;

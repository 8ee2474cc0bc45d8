CREATE TABLE t (id bigint PRIMARY KEY, a integer, b integer);
CREATE INDEX t_a ON t (a);
CREATE INDEX t_b ON t (b);
ALTER TABLE t CLUSTER ON t_a;
CREATE TABLE u (id bigint PRIMARY KEY);
CREATE TABLE w (id bigint PRIMARY KEY);
ALTER TABLE w CLUSTER ON w_pkey;

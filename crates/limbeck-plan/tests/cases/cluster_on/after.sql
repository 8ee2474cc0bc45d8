CREATE TABLE t (id bigint PRIMARY KEY, a integer, b integer);
CREATE INDEX t_a ON t (a);
CREATE INDEX t_b ON t (b);
ALTER TABLE t CLUSTER ON t_b;
CREATE TABLE u (id bigint PRIMARY KEY);
ALTER TABLE u CLUSTER ON u_pkey;
CREATE TABLE w (id bigint PRIMARY KEY);

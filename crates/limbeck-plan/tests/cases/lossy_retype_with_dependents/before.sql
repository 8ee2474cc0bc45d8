CREATE TABLE t (a numeric(10,4), b bigint, c timestamp, CHECK (a > 0));
CREATE INDEX t_a ON t (a);
CREATE VIEW v AS SELECT a, c FROM t;
CREATE TABLE u (a numeric(10,4));

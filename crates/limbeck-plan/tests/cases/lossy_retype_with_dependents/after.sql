CREATE TABLE t (a numeric(10,2), b integer, c timestamp(0), CHECK (a > 0));
CREATE INDEX t_a ON t (a);
CREATE VIEW v AS SELECT a, c FROM t;
CREATE TABLE u (a integer);

CREATE TABLE t (a integer, "B" text, c integer);
CREATE MATERIALIZED VIEW m AS SELECT a, c FROM t;
CREATE SCHEMA app;

-- A materialised view may be published too; one that is made anew keeps by what its rows are told apart.
CREATE TABLE t (a integer);
CREATE MATERIALIZED VIEW changed AS SELECT a FROM t;
ALTER MATERIALIZED VIEW changed REPLICA IDENTITY FULL;
CREATE MATERIALIZED VIEW rebuilt AS SELECT a + 1 AS a FROM t;
ALTER MATERIALIZED VIEW rebuilt REPLICA IDENTITY NOTHING;
CREATE VIEW plain AS SELECT a FROM t;

CREATE TABLE t (a integer, b text, CONSTRAINT t_two UNIQUE (a));
CREATE INDEX t_j ON t ((a + 1), b) WITH (fillfactor = 80);
ALTER INDEX t_j ALTER COLUMN 1 SET STATISTICS 3;
ALTER TABLE t CLUSTER ON t_j;
CREATE INDEX t_l ON t (b);

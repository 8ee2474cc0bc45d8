-- concurrently
CREATE TABLE t (a integer, b text);
CREATE INDEX t_i ON t (b, a);
CREATE INDEX t_j ON t ((a + 1)) TABLESPACE fast;
ALTER INDEX t_j ALTER COLUMN 1 SET STATISTICS 9;
ALTER TABLE t CLUSTER ON t_j;

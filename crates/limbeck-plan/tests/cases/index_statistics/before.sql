CREATE TABLE t (a integer, b text);
CREATE INDEX t_i ON t ((a + 1), b, lower(b));
ALTER INDEX t_i ALTER COLUMN 1 SET STATISTICS 100;
CREATE INDEX t_j ON t ((a * 2));
CREATE TABLE u (b text, CONSTRAINT once EXCLUDE USING btree (lower(b) WITH =));

CREATE TABLE t (a integer, b text, CONSTRAINT one EXCLUDE USING btree (a WITH =, lower(b) WITH =) WITH (fillfactor = 60) WHERE (a > 0));
ALTER INDEX one ALTER COLUMN 2 SET STATISTICS 9;
COMMENT ON INDEX one IS 'y';

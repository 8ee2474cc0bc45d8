CREATE TABLE t (a integer, b varchar(5), c integer);
CREATE STATISTICS plain ON a, b FROM t;
CREATE STATISTICS target ON a, c FROM t;
CREATE STATISTICS expression ON (c + 1), b FROM t;
ALTER STATISTICS target SET STATISTICS 7;
COMMENT ON STATISTICS plain IS 'Kept';

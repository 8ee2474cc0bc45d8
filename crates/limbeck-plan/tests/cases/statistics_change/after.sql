CREATE TABLE t (a integer, b text, c integer);
CREATE STATISTICS target ON a, b FROM t;
CREATE STATISTICS kinds (mcv, ndistinct) ON a, b FROM t;
CREATE STATISTICS columns ON a, b, c FROM t;
CREATE STATISTICS expression ON (a - c), b FROM t;
ALTER STATISTICS columns SET STATISTICS 100;
ALTER STATISTICS kinds SET STATISTICS 5;
COMMENT ON STATISTICS kinds IS 'Kept';

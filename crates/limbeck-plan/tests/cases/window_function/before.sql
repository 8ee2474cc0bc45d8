CREATE TABLE t (n integer);
CREATE FUNCTION place() RETURNS bigint LANGUAGE internal WINDOW IMMUTABLE AS 'window_row_number';
CREATE FUNCTION other() RETURNS bigint LANGUAGE internal WINDOW AS 'window_rank';
CREATE VIEW v AS SELECT place() OVER (ORDER BY n) FROM t;

-- Added at the end, dropped, under a column that holds values.
CREATE TYPE c AS (a integer, b text, d text);
CREATE TABLE t (c c);
COMMENT ON COLUMN c.a IS 'old';

CREATE TYPE c AS (a integer, b text);
COMMENT ON COLUMN c.a IS 'x';
CREATE TABLE t (c c, CONSTRAINT k CHECK ((c).a > 0));
CREATE VIEW v AS SELECT (c).a AS a FROM t;

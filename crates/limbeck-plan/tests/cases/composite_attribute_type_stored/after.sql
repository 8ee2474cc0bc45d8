-- seed: INSERT INTO t VALUES (1, ROW(5, 'x,y'), ARRAY[ROW(6, NULL)::c], ROW(ROW(7, '"q"'), 8)), (2, NULL, NULL, NULL)
-- keeps: SELECT id, c, cs, o, c IS NULL FROM t ORDER BY id
CREATE TYPE c AS (a bigint, b text);
COMMENT ON TYPE c IS 'a type';
COMMENT ON COLUMN c.b IS 'an attribute';
CREATE TYPE o AS (c c, n integer);
CREATE FUNCTION f(c) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE TABLE t (id integer PRIMARY KEY, c c DEFAULT ROW(1, 'd'), cs c[], o o, UNIQUE (c),
    CONSTRAINT positive CHECK ((c).a > 0));
CREATE INDEX i ON t (((c).b));
CREATE VIEW v AS SELECT c, (o).c AS oc FROM t;

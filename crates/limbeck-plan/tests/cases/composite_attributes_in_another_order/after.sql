-- seed: INSERT INTO t VALUES (1, ROW(5, 'x'), ROW(ROW(6, 'y'), 7)), (2, ROW(NULL, NULL), NULL), (3, NULL, ROW(NULL, 1))
-- keeps: SELECT id, (c).a, (c).b, ((o).c).a, ((o).c).b, (o).n, c IS DISTINCT FROM NULL, o IS DISTINCT FROM NULL FROM t ORDER BY id
CREATE TYPE c AS (b text, z integer, a integer);
CREATE TYPE o AS (c c, n integer);
CREATE TYPE free AS (b text, a integer);
CREATE FUNCTION f(free) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TABLE t (id integer PRIMARY KEY, c c, o o);

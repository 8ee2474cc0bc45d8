-- seed: INSERT INTO t VALUES (1, ARRAY[ROW(1, 'x')::c, NULL, ROW(NULL, 'y')::c], ROW(ARRAY[ROW(2, 'z')::c], 5), ARRAY[ROW(ARRAY[ROW(3, 'z')::c], 6)::o], ARRAY[ROW(4, 'w')::c]), (2, NULL, NULL, NULL, NULL), (3, '{}', ROW('{}', 7), '{}', '{}')
-- keeps: SELECT id, (cs[1]).a, (cs[1]).b, cs[2] IS NULL, (cs[3]).b, ((o).cs)[1].b, (o).n, ((os[1]).cs)[1].a, (d[1]).a, cs IS NULL, array_length(cs, 1), cs::text = '{}' FROM t ORDER BY id
CREATE TYPE c AS (b text, new date, a integer);
CREATE TYPE o AS (cs c[], n integer);
CREATE DOMAIN d AS c[];
CREATE TABLE t (id integer, cs c[], o o, os o[], d d);

-- removed: label public.e.old = b
-- removed: label public.e.it's = a
-- seed: INSERT INTO t VALUES (1, 'a', '{a,b}', 'b', '{b}', (1, 'a', '{b}'), ARRAY[(1, 'a', '{b}')::c])
-- seed: INSERT INTO t VALUES (2, 'old', '{{old,b},{it''s,old}}', 'old', '{b,old,it''s}', (1, 'old', '{a,old}'), ARRAY[(2, 'old', '{old}')::c])
-- seed: INSERT INTO t VALUES (3, 'it''s', NULL, NULL, '{NULL,old}', (1, NULL, NULL), NULL)
-- keeps: SELECT id, CASE e::text WHEN 'old' THEN 'b' WHEN 'it''s' THEN 'a' ELSE e::text END, array_replace(array_replace(es::text[], 'old', 'b'), 'it''s', 'a'), CASE d::text WHEN 'old' THEN 'b' WHEN 'it''s' THEN 'a' ELSE d::text END, array_replace(array_replace(ds::text[], 'old', 'b'), 'it''s', 'a'), replace(c::text, 'old', 'b'), replace(cs::text, 'old', 'b') FROM t ORDER BY id => SELECT id, e::text, es::text[], d::text, ds::text[], c::text, cs::text FROM t ORDER BY id
CREATE TYPE e AS ENUM ('a', 'b', 'c');
CREATE DOMAIN d AS e CHECK (VALUE <> 'c');
CREATE TYPE c AS (n integer, e e, es e[]);
CREATE TABLE t (id integer PRIMARY KEY, e e NOT NULL DEFAULT 'b', es e[] DEFAULT '{b,a}', d d, ds d[], c c, cs c[]);
CREATE INDEX ON t (e) WHERE e <> 'a';
CREATE VIEW v AS SELECT id, e FROM t;

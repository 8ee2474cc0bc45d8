-- rename: column public.c.a = A
-- seed: INSERT INTO t VALUES (ROW(1, 'x'))
-- keeps: SELECT (c).a, (c).b FROM t => SELECT (c)."A", (c).b FROM t
CREATE TYPE c AS ("A" integer, b text, d date);
COMMENT ON COLUMN c."A" IS 'x';
CREATE TABLE t (c c, CONSTRAINT k CHECK ((c)."A" > 0));
CREATE VIEW v AS SELECT (c)."A" AS a FROM t;

-- fill: public.t.a = 'x' || id
-- fill: public.t.c = 1
-- seed: INSERT INTO t VALUES (1, NULL, 1), (2, 'a', 2)
-- keeps: SELECT id, b FROM t ORDER BY id
CREATE TABLE t (id integer PRIMARY KEY, a text NOT NULL CHECK (a IS NOT NULL AND a <> ''), b integer, c integer NOT NULL CHECK (c > 0));

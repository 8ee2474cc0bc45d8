-- rename: column public.t.a = b
-- rename: column public.t.b = a
-- seed: INSERT INTO t VALUES (1, 2)
-- keeps: SELECT a, b FROM t => SELECT b, a FROM t
CREATE TABLE t (a integer, b integer, c integer);

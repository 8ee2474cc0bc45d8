-- rename: column public.t.a = column public.t.b
-- rename: column public.t.b = column public.t.c
-- rename: column public.t.c = column public.t.a
-- seed: INSERT INTO t VALUES (1, 'x', 2)
-- keeps: SELECT a, b, c FROM t => SELECT b, c, a FROM t
CREATE TABLE t (b integer NOT NULL, c text NOT NULL, a integer NOT NULL);

-- rename: column public.t.a = b
-- rename: table public.w = u
-- seed: INSERT INTO t VALUES (1, 'x'); INSERT INTO w VALUES (5)
-- keeps: SELECT a FROM t => SELECT b FROM t
-- keeps: SELECT y FROM w => SELECT y FROM u
CREATE TABLE t (b integer);
CREATE TABLE u (y integer);

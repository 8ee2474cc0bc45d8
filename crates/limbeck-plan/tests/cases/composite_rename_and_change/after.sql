-- rename: type public.c = k
-- rename: column public.c.a = column public.k.x
-- seed: INSERT INTO t VALUES (ROW(1, 'x'), 1)
-- keeps: SELECT (c).a, (c).b, id FROM t => SELECT (c).x, (c).b, id FROM t
CREATE TYPE k AS (x bigint, b text);
CREATE TABLE t (c k, id integer);

-- rename: column public.t.a = aa
-- rename: column public.t.c = cc
-- seed: INSERT INTO t VALUES ('a', 1, 'b')
-- keeps: SELECT b FROM t
CREATE TABLE t (aa text, b integer, cc text) PARTITION BY RANGE (aa, lower(cc)); CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM ('a', 'a') TO ('b', 'a');

-- rename: column public.t.a = a2
-- seed: INSERT INTO t VALUES (1, 'kept', 2)
-- keeps: SELECT id, a, b FROM t => SELECT id, a2, b FROM t
CREATE TABLE t (id integer PRIMARY KEY, a2 varchar(50), b integer);

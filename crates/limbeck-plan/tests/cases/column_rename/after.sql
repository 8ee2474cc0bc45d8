-- rename: column public.t.a = aa
-- seed: INSERT INTO t (id, a, b, c) VALUES (1, 7, 'keep', 'y')
-- keeps: SELECT a FROM t => SELECT aa FROM t
CREATE TABLE t (id bigint PRIMARY KEY, aa integer, b varchar(20), c text NOT NULL DEFAULT 'x', d numeric(10,2));

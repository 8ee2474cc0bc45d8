-- rename: column public.c.r = rr
-- rename: column public.t.r = rr
-- seed: INSERT INTO t VALUES (1, '2020-01-01', 'x')
-- keeps: SELECT a, r FROM t => SELECT a, rr FROM t
CREATE TYPE c AS (a integer, rr date, come text);
CREATE TABLE t OF c (a PRIMARY KEY);
CREATE VIEW v AS SELECT a FROM t;

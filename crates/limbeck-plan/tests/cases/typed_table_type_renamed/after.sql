-- rename: type public.c = cc
-- seed: INSERT INTO t VALUES (1, 'x')
-- keeps: SELECT a, b FROM t
CREATE TYPE cc AS (a integer, b text);
CREATE TABLE t OF cc;

-- rename: table public.t = T
-- rename: column public.t.a = column public.T.x
-- seed: INSERT INTO t VALUES (1, 2, 3)
-- keeps: SELECT a FROM t => SELECT x FROM "T"
CREATE TABLE "T" (x bigint NOT NULL, b text NOT NULL, c integer PRIMARY KEY);

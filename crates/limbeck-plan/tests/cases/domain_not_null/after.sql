-- seed: INSERT INTO t VALUES (1, NULL, 3)
-- fill: public.t.a = 7
-- fill down: public.t."B" = 0
-- keeps: SELECT id, "B" FROM t
CREATE DOMAIN a AS integer NOT NULL;
CREATE DOMAIN b AS integer;
CREATE TABLE t (id integer, a a, "B" b);

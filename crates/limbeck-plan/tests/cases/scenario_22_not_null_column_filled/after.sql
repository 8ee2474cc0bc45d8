-- fill: public.t.n = 'n' || id
-- seed: SELECT 1
-- keeps: SELECT count(*) FROM t WHERE id > 0
CREATE TABLE t (id integer PRIMARY KEY, n text NOT NULL);

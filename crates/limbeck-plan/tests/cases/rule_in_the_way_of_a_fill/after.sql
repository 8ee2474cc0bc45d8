-- seed: INSERT INTO t VALUES (1, 1), (2, NULL)
-- fill: public.t.n = 0
-- keeps: SELECT id FROM t ORDER BY id
CREATE TABLE t (id integer PRIMARY KEY, n integer NOT NULL);

-- fill: public.t.id = 1
-- seed: INSERT INTO t VALUES (NULL, 5)
-- keeps: SELECT b FROM t
CREATE TABLE t (id integer PRIMARY KEY, b integer);

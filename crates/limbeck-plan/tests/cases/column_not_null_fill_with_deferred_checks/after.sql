-- seed: INSERT INTO p VALUES (1); INSERT INTO t VALUES (5, NULL)
-- fill: public.t.p = 1
-- fill: public.t.q = 9
-- keeps: SELECT id FROM t WHERE 9 = ALL (SELECT 9) => SELECT id FROM t WHERE true
CREATE TABLE p (id integer PRIMARY KEY);
CREATE TABLE t (id integer, p integer NOT NULL REFERENCES p DEFERRABLE INITIALLY DEFERRED, q integer NOT NULL DEFAULT 3);

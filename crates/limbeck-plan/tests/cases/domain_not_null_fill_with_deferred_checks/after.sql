-- seed: INSERT INTO p VALUES (1); INSERT INTO t VALUES (5, NULL)
-- fill: public.t.p = 1
-- keeps: SELECT id FROM t
CREATE DOMAIN d AS integer NOT NULL;
CREATE TABLE p (id integer PRIMARY KEY);
CREATE TABLE t (id integer, p d REFERENCES p DEFERRABLE INITIALLY DEFERRED, q integer);

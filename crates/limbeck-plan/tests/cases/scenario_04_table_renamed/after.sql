-- rename: table public.t = t2
-- seed: INSERT INTO t (a) VALUES ('kept'), ('too')
-- seed: INSERT INTO u VALUES (2)
-- keeps: SELECT * FROM t => SELECT * FROM t2
-- keeps: SELECT last_value FROM t_id_seq => SELECT last_value FROM t2_id_seq
CREATE TABLE t2 (id serial PRIMARY KEY, a text UNIQUE, b integer REFERENCES t2, CONSTRAINT t2_a_check CHECK (a <> ''));
CREATE INDEX t2_b_idx ON t2 (b);
CREATE TABLE u (t integer REFERENCES t2);

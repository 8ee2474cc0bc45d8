CREATE TABLE t (id serial PRIMARY KEY, a text UNIQUE, b integer REFERENCES t, CONSTRAINT t_a_check CHECK (a <> ''));
CREATE INDEX t_b_idx ON t (b);
CREATE TABLE u (t integer REFERENCES t);

CREATE TABLE p (id integer PRIMARY KEY, b integer, c integer, UNIQUE (id, b));
CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer, c integer CHECK (c > 0));
CREATE UNIQUE INDEX t_a ON t (a);
ALTER TABLE t ADD CONSTRAINT t_a_fkey FOREIGN KEY (a) REFERENCES p;
ALTER TABLE t ADD CONSTRAINT t_a_b_fkey FOREIGN KEY (a, b) REFERENCES p (id, b) MATCH FULL;
ALTER TABLE t ADD CONSTRAINT t_unchecked CHECK (a > 0) NOT VALID;

-- rename: table public.t = t_old
CREATE TABLE a_b (c integer NOT NULL);
CREATE TABLE t_old (a integer NOT NULL);
CREATE TABLE t (a integer NOT NULL, CONSTRAINT t_old_a_not_null1 CHECK (a > 0));

-- rename: constraint public.t.c = filled
CREATE TABLE t (a integer, b integer, CONSTRAINT filled CHECK (b > 0));

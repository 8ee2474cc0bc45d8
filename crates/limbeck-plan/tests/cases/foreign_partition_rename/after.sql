-- rename: schema a = b
-- rename: table public.p = table public.r
-- rename: table public.q = table public.t
-- rename: foreign table b.f = foreign table b.e
-- rename: column public.r.id = number
-- rename: constraint public.r.c = d
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s FOREIGN DATA WRAPPER w;
CREATE SCHEMA b;
CREATE TABLE r (number integer, kind text, CONSTRAINT d CHECK (number > 0)) PARTITION BY LIST (kind);
CREATE FOREIGN TABLE b.e PARTITION OF r FOR VALUES IN ('a') SERVER s;
CREATE TABLE t (id integer);
CREATE FOREIGN TABLE g () INHERITS (t) SERVER s;

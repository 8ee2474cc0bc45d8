-- Later versions name NOT NULL constraints, and a rename does not carry these names along yet.
-- rename: table public.t = u
-- rename: column public.t.a = column public.u.b
-- seed: INSERT INTO t VALUES (1, 'x')
-- keeps: SELECT a FROM t => SELECT b FROM u
CREATE TABLE u (id integer PRIMARY KEY, b text);
CREATE INDEX ON u (b);

-- rename: table public.t = u
-- rename: column public.t.b = column public.u."B"
-- rename: column public.t.c = column public.u.d
-- rename: statistics public.s = S
CREATE TABLE u (a integer, "B" text, d integer);
CREATE STATISTICS "S" ON a, "B" FROM u;
CREATE STATISTICS x ON (a + d), "B" FROM u;
CREATE STATISTICS renamed (mcv) ON a, d FROM u;
ALTER STATISTICS renamed SET STATISTICS 5;

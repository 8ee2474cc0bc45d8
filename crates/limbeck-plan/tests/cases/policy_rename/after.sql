-- rename: table public.t = u
-- rename: column public.t.owner = column public.u."Owner"
-- rename: policy public.t.a = policy public.u."A"
-- rename: function public.may(text) = can
DO $$ BEGIN CREATE ROLE limbeck_reader; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE "limbeck Writer"; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE TABLE u (id integer PRIMARY KEY, "Owner" text);
ALTER TABLE u RENAME CONSTRAINT u_pkey TO t_pkey;
CREATE FUNCTION can(o text) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT o = CURRENT_USER';
CREATE POLICY "A" ON u TO limbeck_reader USING (can("Owner")) WITH CHECK ("Owner" <> '');
CREATE POLICY b ON u USING ("Owner" IS NOT NULL);

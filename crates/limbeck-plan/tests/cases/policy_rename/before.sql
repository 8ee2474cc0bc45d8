DO $$ BEGIN CREATE ROLE limbeck_reader; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE "limbeck Writer"; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE TABLE t (id integer PRIMARY KEY, owner text);
CREATE FUNCTION may(o text) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT o = CURRENT_USER';
CREATE POLICY a ON t TO limbeck_reader USING (may(owner)) WITH CHECK (owner <> '');
CREATE POLICY b ON t USING (owner IS NOT NULL);

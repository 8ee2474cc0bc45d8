DO $$ BEGIN CREATE ROLE limbeck_reader; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE "limbeck Writer"; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE TABLE t (id integer PRIMARY KEY, owner text, n integer);
CREATE FUNCTION may(o text) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT o = CURRENT_USER';

CREATE POLICY a ON t USING (n > 1 AND may(owner)) WITH CHECK (n > 2);
CREATE POLICY b ON t FOR SELECT TO limbeck_reader, "limbeck Writer" USING (true);
CREATE POLICY c ON t FOR UPDATE TO limbeck_reader USING (n > 3) WITH CHECK (n > 4);
COMMENT ON POLICY b ON t IS 'Kept';

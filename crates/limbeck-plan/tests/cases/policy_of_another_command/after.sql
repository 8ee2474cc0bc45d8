DO $$ BEGIN CREATE ROLE limbeck_reader; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE "limbeck Writer"; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE TABLE t (id integer PRIMARY KEY, owner text, n integer);
CREATE FUNCTION may(o text) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT o = CURRENT_USER';

CREATE POLICY a ON t FOR DELETE USING (n > 1);
CREATE POLICY b ON t AS RESTRICTIVE USING (n > 1);
CREATE POLICY c ON t USING (n > 1);
CREATE POLICY d ON t USING (n > 1) WITH CHECK (n > 5);

-- Later versions name NOT NULL constraints, and a rename does not carry these names along yet.
-- rename: column public.t.a = aa
-- seed: INSERT INTO t (a) VALUES (3); INSERT INTO c VALUES (1)
-- keeps: SELECT id, a, g, n FROM t => SELECT id, aa, g, n FROM t
CREATE TABLE t (id serial PRIMARY KEY, aa integer NOT NULL CONSTRAINT t_a_check CHECK (aa > 0), b text DEFAULT 'x', g integer GENERATED ALWAYS AS (aa + 1) STORED, n bigint GENERATED ALWAYS AS IDENTITY, UNIQUE (aa, b));
CREATE INDEX ON t (aa) WHERE aa > 5;
CREATE INDEX ON t (lower(b));
CREATE TABLE c (t_id integer REFERENCES t, a integer, b text, FOREIGN KEY (a, b) REFERENCES t (aa, b));
CREATE VIEW v AS SELECT aa AS a, b FROM t WHERE aa > 1;
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER tr BEFORE UPDATE OF aa ON t FOR EACH ROW WHEN (new.aa > 1) EXECUTE FUNCTION tf();

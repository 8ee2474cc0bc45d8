-- Later versions name NOT NULL constraints, and a rename does not carry these names along yet.
-- rename: table public.t = tt
-- seed: INSERT INTO t (a) VALUES (3); INSERT INTO c VALUES (1)
-- keeps: SELECT id, a, g, n FROM t => SELECT id, a, g, n FROM tt
-- keeps: SELECT last_value, is_called FROM t_id_seq => SELECT last_value, is_called FROM tt_id_seq
CREATE TABLE tt (id serial PRIMARY KEY, a integer NOT NULL CHECK (a > 0), b text DEFAULT 'x', g integer GENERATED ALWAYS AS (a + 1) STORED, n bigint GENERATED ALWAYS AS IDENTITY, UNIQUE (a, b));
CREATE INDEX ON tt (a) WHERE a > 5;
CREATE INDEX ON tt (lower(b));
CREATE TABLE c (t_id integer REFERENCES tt, a integer, b text, FOREIGN KEY (a, b) REFERENCES tt (a, b));
CREATE VIEW v AS SELECT a, b FROM tt WHERE a > 1;
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER tr BEFORE UPDATE OF a ON tt FOR EACH ROW WHEN (new.a > 1) EXECUTE FUNCTION tf();

-- rename: type public.mood = feeling
-- rename: table public.t = T
-- rename: column public.t.m = column public."T".f
-- rename: function public.is_fine(public.mood) = function public.is_good(public.feeling)
CREATE TYPE feeling AS ENUM ('sad', 'happy');
CREATE TABLE "T" (id integer PRIMARY KEY, f feeling, n integer);
CREATE TABLE log (m feeling);
CREATE FUNCTION worse(a feeling, b feeling) RETURNS feeling LANGUAGE sql IMMUTABLE AS 'SELECT least(a, b)';
CREATE FUNCTION is_good(m feeling) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN m > 'sad';
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE AGGREGATE worst(feeling) (SFUNC = worse, STYPE = feeling);
CREATE POLICY p ON "T" USING (f = 'sad') WITH CHECK (is_good(f));
CREATE RULE r AS ON INSERT TO "T" WHERE NEW.f = 'sad' DO ALSO INSERT INTO log VALUES (NEW.f);
CREATE TRIGGER tr BEFORE UPDATE OF f ON "T" FOR EACH ROW WHEN (is_good(NEW.f)) EXECUTE FUNCTION f();
CREATE STATISTICS s ON (is_good(f)), n FROM "T";
CREATE STATISTICS s2 ON f, n FROM "T";
CREATE VIEW v AS SELECT id, f AS m FROM "T" WHERE is_good(f);
ALTER VIEW v ALTER COLUMN m SET DEFAULT 'sad';
CREATE RULE rv AS ON DELETE TO v DO INSTEAD DELETE FROM "T" WHERE "T".f = OLD.m;
CREATE MATERIALIZED VIEW mv AS SELECT worst(f) AS worst, count(*) AS n FROM "T";
CREATE STATISTICS smv ON worst, n FROM mv;
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE ft (m feeling DEFAULT 'sad', ms feeling[], CHECK (is_good(m))) SERVER s;
COMMENT ON POLICY p ON "T" IS 'Kept';
COMMENT ON RULE rv ON v IS 'Kept';
COMMENT ON STATISTICS smv IS 'Kept';
COMMENT ON AGGREGATE worst(feeling) IS 'Kept';
ALTER TABLE "T" RENAME CONSTRAINT "T_pkey" TO t_pkey;

-- seed: INSERT INTO t (id, m, ms, o) VALUES (1, 'ok', '{ok,happy}', NULL); INSERT INTO k VALUES ('ok'); INSERT INTO r VALUES ('ok')
-- keeps: SELECT id, m, ms, o, ok FROM t
-- keeps: SELECT * FROM r
CREATE TYPE mood AS ENUM ('happy', 'sad', 'ok');
COMMENT ON TYPE mood IS 'how it is';
CREATE FUNCTION is_ok(m mood) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT m = 'ok'::public.mood $$;
COMMENT ON FUNCTION is_ok(mood) IS 'whether it is';
CREATE TABLE t (
    id integer PRIMARY KEY,
    m mood NOT NULL DEFAULT 'ok',
    ms mood[] DEFAULT '{ok}',
    o mood,
    ok boolean GENERATED ALWAYS AS (m = 'ok'::mood) STORED,
    yes boolean DEFAULT is_ok('ok'),
    CONSTRAINT not_sad CHECK (m <> 'sad'::mood),
    CONSTRAINT same CHECK (m <= o),
    CONSTRAINT fine CHECK (is_ok(m) OR NOT is_ok(m)),
    UNIQUE (m, id)
);
CREATE INDEX by_mood ON t (m);
CREATE INDEX only_ok ON t (id) WHERE m = 'ok'::mood;
CREATE INDEX by_function ON t (is_ok(m));
CREATE INDEX on_generated ON t (ok);
CREATE TABLE k (m mood PRIMARY KEY);
CREATE TABLE r (m mood REFERENCES k);
CREATE VIEW v AS SELECT id, m FROM t WHERE m = 'ok'::mood;
CREATE VIEW w AS SELECT * FROM v;
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW WHEN (new.m = 'ok'::mood) EXECUTE FUNCTION tf();
COMMENT ON TRIGGER tr ON t IS 'a trigger';

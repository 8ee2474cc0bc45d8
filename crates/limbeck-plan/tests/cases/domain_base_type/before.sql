-- Another base type, and all that uses the domain.
CREATE DOMAIN d AS integer DEFAULT 1 CHECK (VALUE > 0);
COMMENT ON DOMAIN d IS 'a number';
CREATE DOMAIN dd AS d CHECK (VALUE < 1000);
CREATE TYPE c AS (d d, t text);
CREATE FUNCTION f(d) RETURNS d LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE TABLE t (id integer PRIMARY KEY, d d NOT NULL DEFAULT 2, ds d[], e dd, c c, g integer GENERATED ALWAYS AS (id + 1) STORED,
    CONSTRAINT small CHECK (d < 500), UNIQUE (d));
CREATE INDEX i ON t (d) WHERE d > 3;
CREATE TABLE r (d d REFERENCES t (d));
CREATE VIEW v AS SELECT id, d FROM t;

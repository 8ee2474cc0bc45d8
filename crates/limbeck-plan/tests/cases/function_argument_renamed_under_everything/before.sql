CREATE FUNCTION f(x integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT 1 $$;
CREATE TABLE t (a integer, n integer DEFAULT f(1), g integer GENERATED ALWAYS AS (f(a)) STORED, CONSTRAINT k CHECK (f(a) > 0));
CREATE INDEX i ON t (f(a));
CREATE VIEW v AS SELECT f(a) AS b FROM t;

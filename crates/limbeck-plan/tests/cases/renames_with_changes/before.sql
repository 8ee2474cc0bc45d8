CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (id serial PRIMARY KEY, a integer DEFAULT 1, m mood DEFAULT 'ok', n text, CHECK (a > 0), UNIQUE (n));
CREATE TABLE c (t integer REFERENCES t ON DELETE CASCADE);
CREATE INDEX t_low ON t (lower(n)) INCLUDE (a) WHERE a > 1;
CREATE VIEW v AS SELECT id, a, n FROM t WHERE m = 'ok';
COMMENT ON COLUMN t.a IS 'a';
COMMENT ON VIEW v IS 'v';

-- rename: schema s = z
-- seed: INSERT INTO s.t VALUES (1)
-- keeps: SELECT id FROM s.t => SELECT id FROM z.t
CREATE SCHEMA z;
CREATE TYPE z.e AS ENUM ('a');
CREATE TABLE z.t (id serial PRIMARY KEY, e z.e DEFAULT 'a');
CREATE FUNCTION z.f(z.e) RETURNS z.e LANGUAGE sql AS 'SELECT $1';
CREATE TABLE c (t integer REFERENCES z.t, i z.e);
CREATE VIEW v AS SELECT z.f(e) AS e FROM z.t;
CREATE INDEX i ON z.t (e);

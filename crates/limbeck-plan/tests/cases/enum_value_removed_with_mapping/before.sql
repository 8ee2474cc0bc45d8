CREATE TYPE e AS ENUM ('a', 'old', 'b', 'it''s');
CREATE DOMAIN d AS e;
CREATE TYPE c AS (n integer, e e, es e[]);
CREATE TABLE t (id integer PRIMARY KEY, e e NOT NULL DEFAULT 'old', es e[] DEFAULT '{old,a}', d d, ds d[], c c, cs c[]);
CREATE INDEX ON t (e) WHERE e <> 'a';
CREATE VIEW v AS SELECT id, e FROM t;

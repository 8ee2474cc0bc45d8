-- seed: INSERT INTO t VALUES ('a', 'b', 'c'); INSERT INTO r VALUES ('a')
-- keeps: SELECT * FROM t
-- keeps: SELECT * FROM r
CREATE COLLATION c (provider = icu, locale = 'de');
COMMENT ON COLLATION c IS 'x';
CREATE COLLATION unused (provider = icu, locale = 'de');
CREATE DOMAIN d AS text COLLATE c;
CREATE TYPE k AS (a text COLLATE c);
CREATE TABLE t (a text COLLATE c PRIMARY KEY, b text DEFAULT 'x', d d, x text COLLATE c NOT NULL DEFAULT 'y', k k,
    CONSTRAINT big CHECK (b > 'a' COLLATE c));
CREATE INDEX i ON t (x);
CREATE INDEX j ON t (b COLLATE c);
CREATE INDEX l ON t (lower(b) COLLATE c);
CREATE TABLE r (a text COLLATE c REFERENCES t);
CREATE VIEW v AS SELECT a, b COLLATE c AS b FROM t;

-- needs icu
-- seed: INSERT INTO t VALUES ('a', 'b'); INSERT INTO r VALUES ('a', 'b')
-- keeps: SELECT * FROM t
-- keeps: SELECT * FROM r
CREATE COLLATION c (provider = icu, locale = 'en-u-kn-true');
CREATE COLLATION d (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
CREATE COLLATION e (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
CREATE TABLE t (a text COLLATE c PRIMARY KEY, b text COLLATE d UNIQUE CHECK (b <> ''));
CREATE TABLE r (a text COLLATE c REFERENCES t, b text COLLATE d REFERENCES t (b));
CREATE INDEX i ON t (lower(b));

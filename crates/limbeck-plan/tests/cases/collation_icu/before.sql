CREATE COLLATION c (provider = icu, locale = 'en');
CREATE COLLATION d (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE t (a text COLLATE c PRIMARY KEY, b text COLLATE d UNIQUE CHECK (b <> ''));
CREATE TABLE r (a text COLLATE c REFERENCES t, b text COLLATE d REFERENCES t (b));
CREATE INDEX i ON t (lower(b));

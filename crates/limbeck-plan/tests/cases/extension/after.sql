CREATE SCHEMA ext;
CREATE EXTENSION pg_trgm SCHEMA ext;
CREATE TABLE t (b text);
CREATE INDEX i ON t USING gin (b ext.gin_trgm_ops);

-- rename: collation public.c = English
CREATE COLLATION "English" (locale = 'C');
CREATE DOMAIN d AS text COLLATE "English";
CREATE TYPE k AS (a text COLLATE "English");
CREATE TYPE r AS RANGE (SUBTYPE = text, COLLATION = "English");
CREATE TABLE t (a text COLLATE "English");
CREATE INDEX i ON t (a COLLATE "C");
CREATE TABLE u (a text);
CREATE INDEX j ON u (a COLLATE "English");

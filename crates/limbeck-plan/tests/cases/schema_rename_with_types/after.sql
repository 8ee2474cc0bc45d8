-- rename: schema s = Z
CREATE SCHEMA "Z";
CREATE COLLATION "Z".coll FROM "C";
CREATE TYPE "Z".c AS (a integer, b text COLLATE "Z".coll);
CREATE DOMAIN "Z".d AS "Z".c CHECK ((VALUE).a > 0);
CREATE FUNCTION "Z".diff(float8, float8) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT $1 - $2';
CREATE TYPE "Z".r AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = "Z".diff);
CREATE TEXT SEARCH DICTIONARY "Z".dict (TEMPLATE = simple);
CREATE TEXT SEARCH CONFIGURATION "Z".conf (PARSER = "default");
ALTER TEXT SEARCH CONFIGURATION "Z".conf ADD MAPPING FOR word WITH "Z".dict;
CREATE FUNCTION "Z".f("Z".c) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE CAST ("Z".c AS integer) WITH FUNCTION "Z".f("Z".c);
CREATE TABLE t (c "Z".c, d "Z".d, r "Z".r, m "Z".r_multirange, x text COLLATE "Z".coll);

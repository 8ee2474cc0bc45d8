-- One name, another sort of type.
CREATE TYPE a AS ENUM ('x');
CREATE TYPE b AS (x integer);
CREATE TYPE c AS RANGE (SUBTYPE = float8);
CREATE DOMAIN d AS integer;
CREATE TABLE e (x integer, y integer);
CREATE TABLE t (a a, b text);

CREATE TYPE a AS RANGE (SUBTYPE = float8);
CREATE DOMAIN b AS integer CHECK (VALUE > 0);
CREATE TYPE c AS ENUM ('y');
CREATE TABLE d (x integer);
CREATE TYPE e AS (x integer, z text);
CREATE TABLE t (b text);

-- An enum is rebuilt under domains, composite types, ranges and arrays of it.
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN feeling AS mood DEFAULT 'ok' CHECK (VALUE <> 'sad');
CREATE DOMAIN deep AS feeling NOT NULL;
CREATE TYPE person AS (name text, m mood, f feeling, ms mood[]);
CREATE TYPE moods AS RANGE (SUBTYPE = mood);
CREATE FUNCTION f(feeling, person) RETURNS moods LANGUAGE sql AS 'SELECT NULL::public.moods';
CREATE TABLE t (m mood, f feeling DEFAULT 'happy', d deep, ps person[], p person, r moods, rs moods_multirange, fs feeling[]);
CREATE VIEW v AS SELECT f, (p).m, r FROM t;
CREATE INDEX i ON t (f) WHERE f::mood = 'ok'::mood;

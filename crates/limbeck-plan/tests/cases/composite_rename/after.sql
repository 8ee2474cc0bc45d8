-- rename: type public.c = type public."C x"
-- seed: INSERT INTO t VALUES (ROW(1, 'x'))
-- keeps: SELECT * FROM t
CREATE TYPE "C x" AS (a integer, b text);
COMMENT ON TYPE "C x" IS 'x';
CREATE TYPE o AS (c "C x", cs "C x"[]);
CREATE DOMAIN d AS "C x";
CREATE FUNCTION f("C x", o) RETURNS "C x"[] LANGUAGE sql AS $$ SELECT NULL::public."C x"[] $$;
CREATE TABLE t (c "C x", o o, d d);

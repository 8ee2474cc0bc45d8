-- rename: domain public.d = D
-- seed: INSERT INTO t VALUES (3)
-- keeps: SELECT * FROM t
CREATE DOMAIN "D" AS integer NOT NULL CHECK (VALUE > 0);
CREATE DOMAIN over_it AS "D";
CREATE TYPE c AS (d "D", ds "D"[]);
CREATE FUNCTION f("D", "D"[]) RETURNS "D" LANGUAGE sql AS 'SELECT $1';
CREATE TABLE t (d "D" DEFAULT 1, c c);
CREATE VIEW v AS SELECT d, 5::"D" AS five FROM t;

-- rename: domain public.d = e
-- seed: INSERT INTO t VALUES (1)
-- keeps: SELECT * FROM t
CREATE DOMAIN e AS bigint DEFAULT 5 CHECK (VALUE > 0);
CREATE TABLE t (d e PRIMARY KEY);
CREATE FUNCTION f(e) RETURNS integer LANGUAGE sql AS 'SELECT 1';

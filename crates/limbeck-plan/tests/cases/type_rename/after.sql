-- rename: type public.e = ee
-- seed: INSERT INTO t VALUES (1, 'a')
-- keeps: SELECT * FROM t
CREATE TYPE ee AS ENUM ('a', 'b');
CREATE TABLE t (id integer PRIMARY KEY, e ee);
CREATE FUNCTION f(x ee, y ee[]) RETURNS ee LANGUAGE sql AS 'SELECT x';
ALTER TABLE t ADD es ee[] DEFAULT '{a}', ALTER e SET DEFAULT 'a';

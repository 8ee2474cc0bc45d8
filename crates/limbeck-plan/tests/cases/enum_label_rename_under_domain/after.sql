-- rename: label public.e.b = z
-- seed: INSERT INTO t VALUES ('a', ROW('b'))
-- keeps: SELECT d, (k).e::text FROM t => SELECT d, replace((k).e::text, 'z', 'b') FROM t
CREATE TYPE e AS ENUM ('a', 'z');
CREATE DOMAIN d AS e DEFAULT 'a' CONSTRAINT c CHECK (VALUE <> 'z');
CREATE TYPE k AS (e e);
CREATE TABLE t (d d, k k);

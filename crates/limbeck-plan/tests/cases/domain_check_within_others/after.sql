-- seed: INSERT INTO t VALUES ('{1,2}', ROW(3), 4)
-- keeps: SELECT * FROM t
CREATE DOMAIN d AS integer CONSTRAINT positive CHECK (VALUE > 0);
CREATE DOMAIN plain AS integer NOT NULL CONSTRAINT positive CHECK (VALUE > 0);
CREATE TYPE c AS (d d);
CREATE TABLE t (ds d[], c c, p plain);

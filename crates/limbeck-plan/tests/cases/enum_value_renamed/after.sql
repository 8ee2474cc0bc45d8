-- rename: label public.e.b = bee
-- seed: INSERT INTO t VALUES (1, 'a')
-- keeps: SELECT id FROM t
CREATE TYPE e AS ENUM ('a', 'bee');
CREATE TABLE t (id integer PRIMARY KEY, e e);
ALTER TABLE t ALTER e SET DEFAULT 'bee', ADD CHECK (e <> 'bee');
CREATE VIEW v AS SELECT * FROM t WHERE e = 'bee';

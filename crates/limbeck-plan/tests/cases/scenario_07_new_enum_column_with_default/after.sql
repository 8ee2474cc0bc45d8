-- seed: INSERT INTO t VALUES (1)
-- keeps: SELECT id FROM t
CREATE TYPE e AS ENUM ('a', 'b');
CREATE TABLE t (id integer PRIMARY KEY, e e NOT NULL DEFAULT 'a');

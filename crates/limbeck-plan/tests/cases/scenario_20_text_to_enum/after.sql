-- seed: INSERT INTO t VALUES (1, 'b')
-- keeps: SELECT * FROM t
CREATE TYPE e AS ENUM ('a', 'b');
CREATE TABLE t (id integer, e e NOT NULL DEFAULT 'a');

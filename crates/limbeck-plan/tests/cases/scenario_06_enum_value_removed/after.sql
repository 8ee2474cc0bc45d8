-- seed: INSERT INTO t VALUES (1, 'a')
-- keeps: SELECT * FROM t
CREATE TYPE e AS ENUM ('a', 'b');
CREATE TABLE t (id integer PRIMARY KEY, e e);

-- seed: INSERT INTO t VALUES (1, 'a'), (2, 'b')
-- keeps: SELECT * FROM t ORDER BY id
CREATE TYPE e AS ENUM ('a', 'x', 'b');
CREATE TABLE t (id integer PRIMARY KEY, e e);

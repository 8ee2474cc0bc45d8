-- seed: INSERT INTO t (v) VALUES ('a'), ('b'), ('c'); DELETE FROM t WHERE v = 'c'
-- keeps: SELECT id FROM t ORDER BY id
CREATE TABLE t (id integer PRIMARY KEY, v text);

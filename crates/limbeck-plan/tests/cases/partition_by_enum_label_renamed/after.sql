-- rename: label public.mood.sad = unhappy
-- seed: INSERT INTO t VALUES ('sad', 'b')
-- keeps: SELECT b FROM t
CREATE TYPE mood AS ENUM ('unhappy', 'ok');
CREATE TABLE t (m mood, b text) PARTITION BY LIST (m);
CREATE TABLE t_sad PARTITION OF t FOR VALUES IN ('unhappy');

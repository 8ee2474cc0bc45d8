-- seed: INSERT INTO t VALUES (41, 'a')
-- keeps: SELECT id FROM t
CREATE TABLE t (id serial PRIMARY KEY, v text);

-- seed: INSERT INTO t VALUES ('b', '{b,a}')
-- keeps: SELECT * FROM t
CREATE TABLE t (e text DEFAULT 'a', f text[] DEFAULT '{a}');

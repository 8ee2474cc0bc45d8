-- seed: INSERT INTO t VALUES ('a')
-- keeps: SELECT * FROM t
CREATE TABLE t (s text, CHECK (s IN ('a', 'b')));

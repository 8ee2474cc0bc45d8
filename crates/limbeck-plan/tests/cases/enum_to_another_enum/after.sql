-- seed: INSERT INTO t VALUES ('b', '{b,a}')
-- keeps: SELECT * FROM t
CREATE TYPE f AS ENUM ('a', 'b', 'c');
CREATE TABLE t (e f DEFAULT 'a', f f[]);

-- seed: INSERT INTO t VALUES (1, 'ok')
-- keeps: SELECT * FROM t
CREATE TYPE mood AS ENUM ('happy', 'ok');
CREATE TABLE t (a integer NOT NULL, m mood DEFAULT 'ok') PARTITION BY LIST (a);
CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1);
CREATE INDEX ON t (m);

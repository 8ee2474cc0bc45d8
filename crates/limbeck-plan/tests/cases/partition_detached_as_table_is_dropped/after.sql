-- seed: INSERT INTO t VALUES (1, 'b')
-- keeps: SELECT * FROM t_1
-- until 17
CREATE TABLE t_1 (a integer CONSTRAINT t_a_not_null NOT NULL, b text); CREATE INDEX ON t_1 (b);

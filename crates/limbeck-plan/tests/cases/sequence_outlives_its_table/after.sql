-- seed: INSERT INTO t DEFAULT VALUES
-- keeps: SELECT last_value FROM t_a_seq
CREATE SEQUENCE t_a_seq AS integer;
CREATE TABLE u (b integer);

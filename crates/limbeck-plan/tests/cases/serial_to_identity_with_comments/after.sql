-- seed: INSERT INTO t (n) VALUES (1), (2)
-- keeps: SELECT last_value, is_called FROM t_id_seq
CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n integer);
COMMENT ON SEQUENCE t_id_seq IS 'by itself';

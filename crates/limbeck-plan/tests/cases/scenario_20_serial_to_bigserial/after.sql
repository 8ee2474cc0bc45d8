-- seed: INSERT INTO t (v) VALUES ('a'), ('b'), ('c'); DELETE FROM t WHERE v = 'c'
-- keeps: SELECT last_value, is_called FROM t_id_seq
CREATE TABLE t (id bigserial PRIMARY KEY, v text);

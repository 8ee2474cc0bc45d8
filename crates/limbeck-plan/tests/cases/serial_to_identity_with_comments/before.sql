CREATE TABLE t (id bigserial PRIMARY KEY, n integer);
COMMENT ON SEQUENCE t_id_seq IS 'by hand';

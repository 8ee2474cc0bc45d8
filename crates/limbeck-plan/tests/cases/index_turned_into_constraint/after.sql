CREATE TABLE t (id bigint CONSTRAINT t_pkey PRIMARY KEY WITH (fillfactor = 80), a integer, b integer, c text);
COMMENT ON INDEX t_pkey IS 'the index';
ALTER TABLE t ADD CONSTRAINT t_a_b_key UNIQUE (a, b) INCLUDE (c) DEFERRABLE INITIALLY DEFERRED;
CREATE TABLE u (id bigint REFERENCES t (id));
ALTER TABLE u ADD CONSTRAINT u_id UNIQUE (id);

CREATE TABLE t (id bigint NOT NULL, a integer, b integer, c text);
CREATE UNIQUE INDEX t_id ON t (id) WITH (fillfactor = 70);
COMMENT ON INDEX t_id IS 'the index';
CREATE UNIQUE INDEX t_a_b_key ON t (a, b) INCLUDE (c);
CREATE TABLE u (id bigint REFERENCES t (id));
CREATE UNIQUE INDEX u_id ON u (id DESC);

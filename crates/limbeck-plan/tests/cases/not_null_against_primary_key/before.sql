CREATE TABLE t (id bigint, a integer, CONSTRAINT t_pkey PRIMARY KEY (id));
CREATE TABLE u (id bigint CONSTRAINT given NOT NULL, a integer);
CREATE TABLE w (id bigint, a integer);

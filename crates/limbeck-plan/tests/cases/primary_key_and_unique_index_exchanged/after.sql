CREATE TABLE t (id bigint NOT NULL, public_id uuid CONSTRAINT t_pkey PRIMARY KEY);
CREATE UNIQUE INDEX t_id ON t (id);
CREATE TABLE c (id bigint REFERENCES t (id), public_id uuid REFERENCES t (public_id));

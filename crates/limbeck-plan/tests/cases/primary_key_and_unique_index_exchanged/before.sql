CREATE TABLE t (id bigint CONSTRAINT t_pkey PRIMARY KEY, public_id uuid NOT NULL);
CREATE UNIQUE INDEX t_public ON t (public_id);
CREATE TABLE c (id bigint REFERENCES t, public_id uuid REFERENCES t (public_id));

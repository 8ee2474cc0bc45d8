CREATE TABLE t (id bigint PRIMARY KEY, a integer, b varchar(20), c text NOT NULL DEFAULT 'x', d numeric(10,2));
ALTER TABLE t ADD r int4range;
ALTER TABLE t ADD CONSTRAINT ex EXCLUDE USING gist (r WITH &&);

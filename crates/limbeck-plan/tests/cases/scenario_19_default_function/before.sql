CREATE TABLE t (id bigint PRIMARY KEY, a integer, b varchar(20), c text NOT NULL DEFAULT 'x', d numeric(10,2));
ALTER TABLE t ADD e timestamptz DEFAULT now(), ADD j jsonb DEFAULT '{}', ADD r float8 DEFAULT random();

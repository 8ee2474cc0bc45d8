CREATE TABLE t (id bigint PRIMARY KEY, a integer, b varchar(20), c text NOT NULL DEFAULT 'x', d numeric(10,2));
CREATE INDEX ON t (a); CREATE INDEX ON t (b, a); ALTER TABLE t ADD CHECK (a > 0), ADD UNIQUE (a); CREATE INDEX ON t (b) WHERE a > 0;

CREATE TABLE t (id bigint PRIMARY KEY, a integer, b varchar(20), c text NOT NULL DEFAULT 'x', d numeric(10,2));
CREATE INDEX i1 ON t (a); ALTER TABLE t ADD CONSTRAINT k1 CHECK (a > 0), ADD e integer;

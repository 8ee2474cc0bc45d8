CREATE TABLE t (id bigint PRIMARY KEY, a integer, b varchar(20), c text NOT NULL DEFAULT 'x', d numeric(10,2));
CREATE INDEX i1 ON t (a); CREATE INDEX i2 ON t (b); CREATE INDEX i4 ON t (c);

-- concurrently
CREATE TABLE t (id bigint PRIMARY KEY, a integer, b varchar(20), c text NOT NULL DEFAULT 'x', d numeric(10,2));
CREATE INDEX i1 ON t (a, b); CREATE INDEX i3 ON t (b, c); ALTER TABLE t ADD z text; CREATE INDEX i4 ON t (c); CREATE TABLE n (a integer); CREATE INDEX n_i ON n (a);

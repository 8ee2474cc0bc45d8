CREATE TABLE p (a integer, b text DEFAULT 'x' NOT NULL, CONSTRAINT positive CHECK (a > 0));
CREATE TABLE c (e integer) INHERITS (p); CREATE TABLE g (f integer) INHERITS (c); CREATE VIEW v AS SELECT a FROM g; CREATE INDEX ON g (a);

CREATE TABLE p (a integer, b text DEFAULT 'x' NOT NULL, CONSTRAINT positive CHECK (a > 0));
CREATE TABLE c (e integer) INHERITS (p); CREATE INDEX ON c (a);

CREATE TABLE p (a integer, b text DEFAULT 'x' NOT NULL, CONSTRAINT positive CHECK (a > 0));
CREATE TABLE c (a integer DEFAULT 3, b text, e integer, CONSTRAINT positive CHECK (a > 0)) INHERITS (p); CREATE TABLE d (b text) INHERITS (p); ALTER TABLE d ALTER b DROP DEFAULT;

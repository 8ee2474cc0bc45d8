-- seed: INSERT INTO g VALUES (10, 'b', 1, 2)
-- keeps: SELECT a, b, e, f FROM g
CREATE TABLE p (a bigint, b text, n integer DEFAULT 4, CONSTRAINT positive CHECK (a > 1), CONSTRAINT more CHECK (n > 0), CONSTRAINT mine CHECK (a > 2) NO INHERIT);
CREATE TABLE c (e integer) INHERITS (p); CREATE TABLE g (f integer) INHERITS (c); CREATE VIEW v AS SELECT a FROM g; CREATE INDEX ON g (a);

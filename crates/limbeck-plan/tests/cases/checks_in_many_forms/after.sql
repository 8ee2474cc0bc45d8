CREATE TABLE t (a integer, b integer, CHECK (a > 0 AND b > 0), CHECK ((a > 0) OR (b > 0)), CONSTRAINT ni CHECK (a IS NOT NULL) NO INHERIT, CONSTRAINT nv CHECK (b <> 5) NOT VALID, CHECK (a::text <> ')' AND b::text <> '('));
ALTER TABLE t ADD CONSTRAINT later CHECK (b <> 6) NOT VALID;

-- The constructors of the old type are in the way of the new one's.
CREATE TYPE r AS RANGE (SUBTYPE = float8);
CREATE TABLE t (r r DEFAULT r(1, 2));
CREATE INDEX i ON t USING gist (r);

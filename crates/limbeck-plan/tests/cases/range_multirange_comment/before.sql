CREATE TYPE a AS RANGE (SUBTYPE = integer);
COMMENT ON TYPE a_multirange IS 'old';
CREATE TYPE b AS RANGE (SUBTYPE = integer);
COMMENT ON TYPE b_multirange IS 'b';
CREATE TABLE t (b b);

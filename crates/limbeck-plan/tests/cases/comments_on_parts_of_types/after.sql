CREATE TYPE r AS RANGE (SUBTYPE = integer);
COMMENT ON TYPE r_multirange IS 'several';
CREATE TYPE c AS (a integer);
COMMENT ON COLUMN c.a IS 'attribute';
CREATE DOMAIN d AS integer CHECK (VALUE > 0);
COMMENT ON CONSTRAINT d_check ON DOMAIN d IS 'check';

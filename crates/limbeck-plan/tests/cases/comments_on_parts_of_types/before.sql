CREATE TYPE r AS RANGE (SUBTYPE = integer);
CREATE TYPE c AS (a integer, b text);
CREATE DOMAIN d AS integer CHECK (VALUE > 0);
COMMENT ON COLUMN c.b IS 'goes';

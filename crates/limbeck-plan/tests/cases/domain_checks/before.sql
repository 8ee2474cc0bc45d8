-- One added, one dropped, one with another condition, one validated, one with another name.
CREATE DOMAIN d AS integer CONSTRAINT gone CHECK (VALUE > 0) CONSTRAINT other CHECK (VALUE < 10)
    CONSTRAINT named CHECK (VALUE <> 5);
ALTER DOMAIN d ADD CONSTRAINT later CHECK (VALUE <> 6) NOT VALID;
COMMENT ON CONSTRAINT other ON DOMAIN d IS 'old';
CREATE TABLE t (d d);

CREATE DOMAIN d AS varchar(5) DEFAULT 'a' CHECK (VALUE::text = ANY (ARRAY['a'::varchar, 'b'::varchar]::text[]));
COMMENT ON DOMAIN d IS 'x';
CREATE TABLE t (d d);

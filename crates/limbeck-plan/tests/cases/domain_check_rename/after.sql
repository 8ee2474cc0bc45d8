-- rename: constraint public.d.a = z
CREATE DOMAIN d AS integer CONSTRAINT z CHECK (VALUE > 1) CONSTRAINT bb CHECK (VALUE < 5);
COMMENT ON CONSTRAINT z ON DOMAIN d IS 'x';

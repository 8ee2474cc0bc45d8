-- rename: table public.t = u
-- rename: view public.v = w
CREATE TABLE u (id int GENERATED ALWAYS AS IDENTITY, c int, CONSTRAINT k2 UNIQUE (c));
CREATE VIEW w AS SELECT c AS a FROM u;
COMMENT ON INDEX k2 IS 'c';
COMMENT ON SEQUENCE u_id_seq IS 'd';
COMMENT ON TYPE u IS 'e';
COMMENT ON COLUMN w.a IS 'g';

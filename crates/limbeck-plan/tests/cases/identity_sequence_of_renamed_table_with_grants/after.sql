-- role: reader
-- rename: table public.t = u
CREATE TABLE u (a integer GENERATED ALWAYS AS IDENTITY);
GRANT SELECT ON SEQUENCE u_a_seq TO reader;

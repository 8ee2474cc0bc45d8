-- rename: table public.t = u
-- rename: column public.t.code = column public.u.number
CREATE TABLE u (id bigint PRIMARY KEY, number bigint NOT NULL, CONSTRAINT u_number UNIQUE (number));
ALTER TABLE u REPLICA IDENTITY USING INDEX u_number, CLUSTER ON u_number;
COMMENT ON INDEX u_number IS 'replicates';

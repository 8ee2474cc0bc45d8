-- rename: table public.t = u
CREATE TABLE u (id bigint CONSTRAINT u_pkey PRIMARY KEY, a integer);
ALTER TABLE u CLUSTER ON u_pkey;

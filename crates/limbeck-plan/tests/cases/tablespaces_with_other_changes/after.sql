-- rename: table public.t = u
CREATE TABLE u (id bigint CONSTRAINT u_pkey PRIMARY KEY WITH (fillfactor = 90) USING INDEX TABLESPACE fast, name text, n bigint)
WITH (fillfactor = 60) TABLESPACE fast;
CREATE INDEX u_n ON u ((n + 1)) WITH (fillfactor = 60) TABLESPACE "Slow disk" WHERE n > 0;

CREATE TABLE t (s varchar(10), n numeric DEFAULT 5, CONSTRAINT t_s_check CHECK (((s)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))));
CREATE INDEX ON t (s) WHERE (s)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]);

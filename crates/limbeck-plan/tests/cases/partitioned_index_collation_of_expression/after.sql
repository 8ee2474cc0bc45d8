-- An expression's own collation stands in the text of the index alone.
CREATE TABLE public.t (id integer, name text) PARTITION BY RANGE (id);
CREATE TABLE public.t_1 PARTITION OF public.t FOR VALUES FROM (1) TO (2);
CREATE INDEX t_lower ON public.t (lower(name) COLLATE "C", (id::text) COLLATE "C" DESC);

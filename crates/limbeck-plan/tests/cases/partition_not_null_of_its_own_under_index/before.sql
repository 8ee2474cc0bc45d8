CREATE TABLE public.events (id integer, c integer, d integer) PARTITION BY RANGE (id);
CREATE TABLE public.events_1 PARTITION OF public.events FOR VALUES FROM (1) TO (2);
CREATE INDEX ON public.events (c);
ALTER TABLE public.events ADD UNIQUE (id, d);

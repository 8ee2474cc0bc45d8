-- A partition may refuse NULL where the table above it takes it, in a column that its indexes are over too.
CREATE TABLE public.targets (id integer PRIMARY KEY);
CREATE TABLE public.events (id integer, c integer REFERENCES public.targets, d integer) PARTITION BY RANGE (id);
CREATE TABLE public.events_1 PARTITION OF public.events FOR VALUES FROM (1) TO (2);
CREATE TABLE public.events_2 PARTITION OF public.events FOR VALUES FROM (2) TO (3);
CREATE INDEX ON public.events (c);
ALTER TABLE public.events ADD UNIQUE (id, d);
ALTER TABLE public.events_1 ALTER c SET NOT NULL, ALTER d SET NOT NULL;
ALTER TABLE public.events_2 ALTER c SET NOT NULL, ALTER d SET NOT NULL;

-- since 18
-- rename: table public.room = chamber
-- rename: column public.room.during = column public.chamber."When"
CREATE TABLE chamber (id int4range, "When" daterange, CONSTRAINT chamber_pkey PRIMARY KEY (id, "When" WITHOUT OVERLAPS));
CREATE TABLE stay (id int4range, during daterange,
    CONSTRAINT stay_fkey FOREIGN KEY (id, PERIOD during) REFERENCES chamber (id, PERIOD "When"));

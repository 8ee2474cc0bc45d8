CREATE TABLE public.parents (a integer NOT NULL, b integer NOT NULL, c integer NOT NULL);
CREATE TABLE public.ranges (id integer NOT NULL, b integer NOT NULL) PARTITION BY RANGE (id);

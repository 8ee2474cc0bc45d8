-- since 18
-- A child may declare the NOT NULL that its parent has as well: then it stays when the parent's goes.
CREATE TABLE public.parents (a integer NOT NULL, b integer NOT NULL, c integer NOT NULL);
CREATE TABLE public.children (a integer NOT NULL, c integer) INHERITS (public.parents);
CREATE TABLE public.later () INHERITS (public.parents);
ALTER TABLE public.later ALTER b SET NOT NULL;
CREATE TABLE public.taken (a integer NOT NULL, b integer NOT NULL, c integer CONSTRAINT own NOT NULL);
ALTER TABLE public.taken INHERIT public.parents;
CREATE TABLE public.ranges (id integer NOT NULL, b integer NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE public.ranges_1 PARTITION OF public.ranges (b NOT NULL) FOR VALUES FROM (1) TO (2);
CREATE TABLE public.ranges_2 PARTITION OF public.ranges FOR VALUES FROM (2) TO (3);

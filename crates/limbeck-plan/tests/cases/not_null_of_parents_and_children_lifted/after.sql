-- since 18
-- What a child declares itself goes by a step of its own.
CREATE TABLE public.parents (a integer, b integer);
CREATE TABLE public.others (b integer CONSTRAINT parents_b_not_null NOT NULL);
CREATE TABLE public.children (a integer) INHERITS (public.parents);
CREATE TABLE public.heirs () INHERITS (public.parents);
CREATE TABLE public.both () INHERITS (public.parents, public.others);
CREATE TABLE public.ranges (id integer NOT NULL, b integer, c integer) PARTITION BY RANGE (id);
CREATE TABLE public.ranges_1 PARTITION OF public.ranges FOR VALUES FROM (1) TO (2);
CREATE TABLE public.ranges_2 PARTITION OF public.ranges FOR VALUES FROM (2) TO (3);

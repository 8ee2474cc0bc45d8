CREATE TABLE public.parents (a integer NOT NULL, b integer NOT NULL);
CREATE TABLE public.others (b integer CONSTRAINT parents_b_not_null NOT NULL);
CREATE TABLE public.children (a integer CONSTRAINT parents_a_not_null NOT NULL) INHERITS (public.parents);
CREATE TABLE public.heirs () INHERITS (public.parents);
CREATE TABLE public.both () INHERITS (public.parents, public.others);
CREATE TABLE public.ranges (id integer NOT NULL, b integer NOT NULL, c integer NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE public.ranges_1 PARTITION OF public.ranges (b CONSTRAINT ranges_b_not_null NOT NULL) FOR VALUES FROM (1) TO (2);
CREATE TABLE public.ranges_2 PARTITION OF public.ranges FOR VALUES FROM (2) TO (3);

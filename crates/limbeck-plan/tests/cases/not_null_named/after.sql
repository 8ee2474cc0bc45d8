-- since 18
-- fill: public.t.c = 1
-- seed: INSERT INTO t VALUES (1, 2, NULL, 4)
-- keeps: SELECT a, b, d FROM t
CREATE TABLE t (a integer CONSTRAINT a_here NOT NULL, b integer CONSTRAINT b_here NOT NULL, c integer CONSTRAINT "C" NOT NULL, d integer NOT NULL,
    e integer CONSTRAINT e_here NOT NULL DEFAULT 1);
CREATE TABLE fresh (id bigint CONSTRAINT fresh_there NOT NULL PRIMARY KEY, n bigint CONSTRAINT counted NOT NULL GENERATED ALWAYS AS IDENTITY,
    a integer CONSTRAINT "A" NOT NULL);

-- since 18
-- fill: public.t.d = 1
-- fill down: public.t.c = 1
CREATE TABLE t (a integer, b integer CONSTRAINT b_there NOT NULL GENERATED ALWAYS AS (a + 1) VIRTUAL, d integer CONSTRAINT "C there" NOT NULL);
COMMENT ON CONSTRAINT b_there ON t IS 'b';
COMMENT ON CONSTRAINT "C there" ON t IS 'd';

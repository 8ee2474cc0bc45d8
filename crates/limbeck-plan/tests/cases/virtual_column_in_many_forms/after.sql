-- since 18
-- rename: column public.t.b = B
CREATE TABLE t (a integer, "B" text, v text GENERATED ALWAYS AS (upper("B")) VIRTUAL, w bigint GENERATED ALWAYS AS (a * 3) VIRTUAL,
    x integer[] GENERATED ALWAYS AS (ARRAY[a]) VIRTUAL);
COMMENT ON COLUMN t.v IS 'high';
CREATE VIEW vw AS SELECT v, w FROM t;

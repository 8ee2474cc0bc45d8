-- rename: column public.p.a = column public.parent.z
-- rename: table public.p = parent
-- rename: table public.c = child
-- seed: INSERT INTO c VALUES (1, 'b', 2)
-- keeps: SELECT a, b, e FROM c => SELECT z, b, e FROM child
-- until 17
CREATE TABLE parent (z integer, b text DEFAULT 'x' NOT NULL, CONSTRAINT above_nothing CHECK (z > 0)); CREATE TABLE child (e integer) INHERITS (parent); CREATE INDEX ON child (z);

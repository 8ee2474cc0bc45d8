-- rename: foreign data wrapper w = W
-- rename: server s = S
-- rename: foreign table public.t = T
-- rename: column public.t.n = column public."T"."N"
-- rename: constraint public.t.c = constraint public."T".c2
DO $$ BEGIN CREATE ROLE limbeck_reader; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE FOREIGN DATA WRAPPER "W";
CREATE SERVER "S" FOREIGN DATA WRAPPER "W";
CREATE SERVER s2 FOREIGN DATA WRAPPER "W";
CREATE USER MAPPING FOR limbeck_reader SERVER "S" OPTIONS ("user" 'me');
CREATE FOREIGN TABLE "T" (id integer OPTIONS (name 'x'), "N" integer, CONSTRAINT c2 CHECK ("N" > 0)) SERVER "S";
CREATE VIEW v AS SELECT "N" AS n FROM "T";

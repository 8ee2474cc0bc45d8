-- rename: table public.t = T
-- rename: table public.log = journal
-- rename: column public.t.n = column public."T".number
-- rename: rule public.t.r = rule public."T"."R"
CREATE TABLE "T" (id integer PRIMARY KEY, number integer);
CREATE TABLE journal (id integer, what text);
CREATE RULE "R" AS ON INSERT TO "T" WHERE NEW.number > 1 DO ALSO INSERT INTO journal VALUES (NEW.id, 'new');
ALTER TABLE "T" DISABLE RULE "R";
ALTER TABLE "T" RENAME CONSTRAINT "T_pkey" TO t_pkey;

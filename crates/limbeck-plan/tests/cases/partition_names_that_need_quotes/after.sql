CREATE SCHEMA "Data"; CREATE TABLE "Data"."All" ("Id" integer, "Where" text COLLATE "C" NOT NULL, PRIMARY KEY ("Id", "Where")) PARTITION BY LIST ("Where");
CREATE TABLE "Data"."Here" PARTITION OF "Data"."All" FOR VALUES IN ('Here''s', '"');
CREATE INDEX ON "Data"."All" ("Where", "Id"); CREATE TABLE "Data"."Child" ("X" integer); CREATE TABLE "Data"."Heir" () INHERITS ("Data"."Child");

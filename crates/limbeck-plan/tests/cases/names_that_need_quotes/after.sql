CREATE SCHEMA "My Schema";
CREATE TYPE "My Schema"."Order" AS ENUM ('a"b', 'c''d');
CREATE TABLE "My Schema"."user" ("Id" serial PRIMARY KEY, "order" "My Schema"."Order" DEFAULT 'c''d', "50%" integer, "ä" text UNIQUE);
CREATE INDEX "i x" ON "My Schema"."user" ("50%", lower("ä"));
CREATE VIEW "My Schema"."V" AS SELECT "Id", "50%" FROM "My Schema"."user";

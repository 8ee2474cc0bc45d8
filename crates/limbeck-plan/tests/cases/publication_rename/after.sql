-- since 15
-- rename: schema s = S
-- rename: table s.a = table "S".aa
-- rename: column s.a.n = column "S".aa."N"
-- rename: publication p = P
CREATE SCHEMA "S";
CREATE TABLE "S".aa (id integer PRIMARY KEY, "N" integer);
ALTER TABLE "S".aa RENAME CONSTRAINT aa_pkey TO a_pkey;
CREATE TABLE b (id integer PRIMARY KEY);
CREATE PUBLICATION "P" FOR TABLE "S".aa (id, "N") WHERE ("N" > 1 AND id > 0), b WITH (publish = 'insert');
CREATE PUBLICATION q FOR TABLES IN SCHEMA "S";

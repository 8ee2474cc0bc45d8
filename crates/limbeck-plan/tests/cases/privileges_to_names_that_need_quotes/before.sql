CREATE TABLE "T t" ("a""b" int);

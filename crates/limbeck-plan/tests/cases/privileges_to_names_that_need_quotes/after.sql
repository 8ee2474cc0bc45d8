-- role: Mr. "X"
-- role: user
CREATE TABLE "T t" ("a""b" int);
GRANT SELECT ("a""b") ON "T t" TO "Mr. ""X""";
GRANT INSERT ON "T t" TO "Mr. ""X""", "user";
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO "Mr. ""X""";

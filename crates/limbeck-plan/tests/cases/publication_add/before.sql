CREATE TABLE a (id integer PRIMARY KEY, n integer);
CREATE TABLE "B" (id integer PRIMARY KEY);
CREATE TABLE c (id integer PRIMARY KEY);

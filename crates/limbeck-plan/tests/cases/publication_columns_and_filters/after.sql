-- since 15
CREATE TABLE a (id integer PRIMARY KEY, "N" integer, kind text, more text);
CREATE PUBLICATION p FOR TABLE a (id, "N", kind) WHERE (id > 0 AND "N" IS NOT NULL) WITH (publish = 'insert');
CREATE PUBLICATION q FOR TABLE a (id, "N", more) WHERE (id > 1);
CREATE PUBLICATION r FOR TABLE a (id) WHERE (kind IN ('a', 'b', 'c'));

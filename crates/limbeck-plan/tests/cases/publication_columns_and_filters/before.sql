CREATE TABLE a (id integer PRIMARY KEY, "N" integer, kind text, more text);
CREATE PUBLICATION p FOR TABLE a;
CREATE PUBLICATION q FOR TABLE a (id, "N") WHERE (id > 1);
CREATE PUBLICATION r FOR TABLE a (id) WHERE (kind IN ('a', 'b'));

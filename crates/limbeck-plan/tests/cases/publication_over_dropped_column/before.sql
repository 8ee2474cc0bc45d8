CREATE TABLE a (id integer PRIMARY KEY, n integer, m integer, o integer);
CREATE TABLE b (id integer PRIMARY KEY);
CREATE PUBLICATION p FOR TABLE a (id, n), b;
CREATE PUBLICATION q FOR TABLE a WHERE (m > 1) WITH (publish = 'insert');
CREATE PUBLICATION r FOR TABLE a (id, o);

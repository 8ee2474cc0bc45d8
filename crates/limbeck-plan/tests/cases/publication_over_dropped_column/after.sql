-- since 15
CREATE TABLE a (id integer PRIMARY KEY, k integer);
CREATE TABLE b (id integer PRIMARY KEY);
CREATE PUBLICATION p FOR TABLE a (id, k), b;
CREATE PUBLICATION q FOR TABLE a WITH (publish = 'insert');

CREATE SCHEMA s;
CREATE TABLE s.a (id integer PRIMARY KEY, n integer);
CREATE TABLE b (id integer PRIMARY KEY);
CREATE PUBLICATION p FOR TABLE s.a (id, n) WHERE (n > 1 AND id > 0), b WITH (publish = 'insert');
CREATE PUBLICATION q FOR TABLES IN SCHEMA s;

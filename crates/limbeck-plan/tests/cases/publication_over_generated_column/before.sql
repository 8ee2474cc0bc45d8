CREATE TABLE a (id integer PRIMARY KEY, n integer GENERATED ALWAYS AS (id + 1) STORED, m integer);
CREATE PUBLICATION p FOR TABLE a (id, m) WHERE (m > 1);
CREATE PUBLICATION q FOR TABLE a WITH (publish = 'insert');

-- since 15
CREATE TABLE a (id integer PRIMARY KEY, n integer, m integer GENERATED ALWAYS AS (id + 2) STORED);
CREATE PUBLICATION p FOR TABLE a (id, n) WHERE (n > 1);
CREATE PUBLICATION q FOR TABLE a WITH (publish = 'insert');

CREATE TABLE log (id integer);
CREATE TABLE u (id integer);

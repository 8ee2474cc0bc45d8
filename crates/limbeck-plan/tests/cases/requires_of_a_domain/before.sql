CREATE DOMAIN short AS varchar(30);
CREATE TABLE t (id integer PRIMARY KEY, x short, y short);
CREATE TABLE u (name short);

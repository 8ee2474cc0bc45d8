CREATE TABLE t (id integer PRIMARY KEY, n integer);
CREATE TABLE log (id integer, what text);
CREATE VIEW v AS SELECT id, n FROM t;

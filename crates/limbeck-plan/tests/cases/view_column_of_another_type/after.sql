CREATE TABLE t (id integer PRIMARY KEY, a text);
CREATE VIEW v AS SELECT id, a::varchar(5) AS a FROM t;
CREATE VIEW w AS SELECT id FROM v;

CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE t (id integer PRIMARY KEY, a integer, "B" text);
CREATE TABLE other (id integer PRIMARY KEY);
CREATE VIEW v AS SELECT id, a FROM t;

-- role: reader
-- rename: schema app = shop
-- rename: table app.t = table shop.u
-- rename: column app.t.a = column shop.u.b
-- rename: type app.e = type shop.e2
CREATE SCHEMA shop;
CREATE TABLE shop.u (id serial, b int);
CREATE VIEW shop.v AS SELECT b AS a FROM shop.u;
CREATE TYPE shop.e2 AS ENUM ('a');
CREATE FUNCTION shop.f(shop.e2) RETURNS int LANGUAGE sql AS 'SELECT 1';
GRANT USAGE ON SCHEMA shop TO reader;
GRANT SELECT, UPDATE (b) ON shop.u TO reader;
GRANT SELECT (a) ON shop.v TO reader;
GRANT USAGE ON SEQUENCE shop.u_id_seq TO reader;
REVOKE EXECUTE ON FUNCTION shop.f FROM PUBLIC;
REVOKE USAGE ON TYPE shop.e2 FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT ON TABLES TO reader;

CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE FUNCTION is_ok(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1::mood = ''ok''::mood';
CREATE TABLE t (id integer PRIMARY KEY, b text);
CREATE INDEX i ON t (id) WHERE is_ok(b);

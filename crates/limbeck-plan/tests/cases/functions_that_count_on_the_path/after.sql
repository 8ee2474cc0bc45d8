-- until 16
-- Later versions build indexes and the like under a search path of their own.
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE FUNCTION is_ok(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1::mood = ''ok''::mood';
CREATE TABLE t (id bigint PRIMARY KEY, b text, c boolean DEFAULT is_ok('ok'));
CREATE INDEX i ON t (id) WHERE is_ok(b);

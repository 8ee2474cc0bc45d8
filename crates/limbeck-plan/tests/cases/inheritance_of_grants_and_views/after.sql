-- seed: INSERT INTO c VALUES (1, 'b', 2)
-- keeps: SELECT a, b, x FROM c
CREATE TABLE p (a bigint, b text); CREATE TABLE c (x integer) INHERITS (p); CREATE VIEW v AS SELECT a FROM c; CREATE FUNCTION g(c) RETURNS integer LANGUAGE sql AS 'SELECT 1';

CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE FUNCTION worse(a mood, b mood) RETURNS mood LANGUAGE sql IMMUTABLE AS 'SELECT least(a, b)';
CREATE AGGREGATE worst(mood) (SFUNC = worse, STYPE = mood);
CREATE AGGREGATE rows(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '0');
CREATE VIEW v AS SELECT worst(m), rows(*) FROM (VALUES ('sad'::mood)) AS t (m);

-- rename: type public.mood = feeling
-- rename: function public.worse(public.mood, public.mood) = function public.sadder(public.feeling, public.feeling)
-- rename: aggregate public.worst(public.mood) = aggregate public."The worst"(public.feeling)
-- rename: aggregate public.rows() = how_many
CREATE TYPE feeling AS ENUM ('sad', 'happy');
CREATE FUNCTION sadder(a feeling, b feeling) RETURNS feeling LANGUAGE sql IMMUTABLE AS 'SELECT least(a, b)';
CREATE AGGREGATE "The worst"(feeling) (SFUNC = sadder, STYPE = feeling);
CREATE AGGREGATE how_many(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '0');
CREATE VIEW v AS SELECT "The worst"(m) AS worst, how_many(*) AS rows FROM (VALUES ('sad'::feeling)) AS t (m);

-- rename: text search dictionary public.d = Dict
-- rename: text search configuration public.conf = Conf
CREATE TEXT SEARCH DICTIONARY "Dict" (TEMPLATE = simple);
CREATE TEXT SEARCH CONFIGURATION "Conf" (PARSER = "default");
ALTER TEXT SEARCH CONFIGURATION "Conf" ADD MAPPING FOR word WITH "Dict", simple;
CREATE TABLE t (b text);
CREATE INDEX i ON t USING gin (to_tsvector('"Conf"', b));

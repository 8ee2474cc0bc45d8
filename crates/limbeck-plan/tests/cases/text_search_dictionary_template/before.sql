-- The configuration stays, and so does what is made with it.
CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple, StopWords = english);
COMMENT ON TEXT SEARCH DICTIONARY d IS 'x';
CREATE TEXT SEARCH DICTIONARY lone (TEMPLATE = simple);
CREATE TEXT SEARCH CONFIGURATION conf (PARSER = "default");
ALTER TEXT SEARCH CONFIGURATION conf ADD MAPPING FOR word, asciiword WITH d, simple;
CREATE TABLE t (b text);
CREATE INDEX i ON t USING gin (to_tsvector('conf', b));

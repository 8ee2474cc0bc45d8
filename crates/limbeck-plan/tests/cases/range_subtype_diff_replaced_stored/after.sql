-- seed: INSERT INTO t VALUES (1, '[1,3)', '{"[2,4)"}', '{[1,2), [5,6)}')
-- keeps: SELECT * FROM t
CREATE FUNCTION apart(later integer, sooner integer) RETURNS double precision LANGUAGE sql IMMUTABLE AS 'SELECT (later - sooner)::double precision';
CREATE TYPE span AS RANGE (SUBTYPE = integer, SUBTYPE_DIFF = apart);
CREATE TABLE t (id integer, at span, many span[], all_of span_multirange);
CREATE INDEX t_at_idx ON t USING gist (at);

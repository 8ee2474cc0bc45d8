-- since 15
CREATE TABLE t (a integer, b text, c jsonb, d text, e tsvector);
CREATE UNIQUE INDEX i1 ON t (a DESC, b NULLS FIRST);
CREATE INDEX i2 ON t USING gin (c jsonb_path_ops);
CREATE INDEX i3 ON t USING gin (c) WITH (fastupdate = off);
CREATE INDEX i4 ON t USING brin (a) WITH (pages_per_range = 32);
CREATE UNIQUE INDEX i5 ON t (b) NULLS NOT DISTINCT WHERE a IS NOT NULL;
CREATE INDEX i6 ON t ((a + 1), (b || d), lower(d));
CREATE INDEX i7 ON t USING gist (e tsvector_ops (siglen = 100));
CREATE INDEX i8 ON t (b COLLATE "C" text_pattern_ops DESC NULLS LAST) INCLUDE (a);

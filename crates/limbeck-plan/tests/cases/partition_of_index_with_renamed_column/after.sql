-- New parts of an index are named after what its columns were called when it was made.
CREATE TABLE p (id integer, now text, kind text) PARTITION BY LIST (kind);
CREATE INDEX p_was_idx ON p (now);
CREATE INDEX p_lower_idx ON p (lower(now), now);
ALTER TABLE p ADD CONSTRAINT once UNIQUE (kind, now);
CREATE TABLE b PARTITION OF p FOR VALUES IN ('b');
CREATE TABLE c (id integer, now text, kind text);
ALTER TABLE p ATTACH PARTITION c FOR VALUES IN ('c');
CREATE TABLE d (id integer, now text, kind text) PARTITION BY LIST (kind);
CREATE INDEX d_was_idx ON d (now);
ALTER TABLE p ATTACH PARTITION d FOR VALUES IN ('d');
CREATE TABLE e PARTITION OF d FOR VALUES IN ('d');

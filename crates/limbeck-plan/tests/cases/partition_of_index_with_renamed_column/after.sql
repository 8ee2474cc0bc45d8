CREATE TABLE p (id integer, was text, kind text) PARTITION BY LIST (kind);
CREATE INDEX p_was_idx ON p (was);
CREATE INDEX p_lower_idx ON p (lower(was), was);
ALTER TABLE p ADD UNIQUE (kind, was);
ALTER TABLE p RENAME COLUMN was TO now;
CREATE TABLE a PARTITION OF p FOR VALUES IN ('a');
CREATE TABLE b PARTITION OF p FOR VALUES IN ('b');
CREATE TABLE c (id integer, now text, kind text);
ALTER TABLE p ATTACH PARTITION c FOR VALUES IN ('c');

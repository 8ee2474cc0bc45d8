CREATE TABLE p (id integer, was text, kind text) PARTITION BY LIST (kind);
CREATE INDEX p_was_idx ON p (was);
CREATE INDEX p_lower_idx ON p (lower(was), was);
ALTER TABLE p ADD CONSTRAINT once UNIQUE (kind, was);
ALTER TABLE p RENAME COLUMN was TO now;
CREATE TABLE d (id integer, was text, kind text) PARTITION BY LIST (kind);
CREATE INDEX d_was_idx ON d (was);
ALTER TABLE d RENAME COLUMN was TO now;

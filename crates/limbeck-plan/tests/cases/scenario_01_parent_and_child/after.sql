CREATE TABLE parent (id integer PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE child (id integer PRIMARY KEY, parent_id integer NOT NULL REFERENCES parent ON DELETE CASCADE, n integer CONSTRAINT n_positive CHECK (n > 0));
CREATE INDEX child_parent_id_idx ON child (parent_id);
COMMENT ON TABLE parent IS 'a parent';
COMMENT ON COLUMN child.n IS 'a number';
COMMENT ON CONSTRAINT n_positive ON child IS 'it is';
COMMENT ON INDEX child_parent_id_idx IS 'quick';

CREATE TABLE folders (
    id integer PRIMARY KEY,
    parent integer CONSTRAINT folders_parent_fkey REFERENCES folders (id)
);

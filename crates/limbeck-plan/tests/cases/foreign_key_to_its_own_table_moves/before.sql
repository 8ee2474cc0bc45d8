CREATE TABLE folders (
    id integer CONSTRAINT folders_key UNIQUE,
    path text PRIMARY KEY,
    parent text CONSTRAINT folders_parent_fkey REFERENCES folders (path)
);

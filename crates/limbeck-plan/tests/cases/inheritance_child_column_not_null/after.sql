-- until 17
CREATE TABLE p (a integer, b text); CREATE TABLE c () INHERITS (p); ALTER TABLE c ALTER a SET NOT NULL;

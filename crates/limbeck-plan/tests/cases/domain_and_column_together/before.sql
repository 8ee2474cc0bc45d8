-- A domain over another type, and beside it another default, a rename, another column type of the same table.
CREATE DOMAIN d AS integer;
CREATE TABLE t (a d DEFAULT 1, b d, c integer, gone d);
CREATE INDEX i ON t (b);

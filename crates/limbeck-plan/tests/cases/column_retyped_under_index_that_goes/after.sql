CREATE TABLE t (id integer PRIMARY KEY, a text, b integer, CONSTRAINT short CHECK (b < 10));
CREATE INDEX i ON t (a);
CREATE INDEX j ON t (b);

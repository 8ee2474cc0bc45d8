CREATE TABLE p (a integer, b integer);
CREATE UNIQUE INDEX pi ON p (a) INCLUDE (b);
CREATE TABLE c (a integer REFERENCES p (a));

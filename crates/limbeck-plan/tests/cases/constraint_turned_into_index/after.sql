CREATE TABLE t (a integer);
CREATE UNIQUE INDEX x ON t (a);

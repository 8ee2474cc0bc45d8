CREATE TABLE a (b_c integer NOT NULL);
CREATE TABLE t (a integer NOT NULL);

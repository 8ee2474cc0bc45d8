CREATE TYPE e AS ENUM ('a', 'b');
CREATE TABLE t1 (e e);
CREATE TABLE t2 (e e);

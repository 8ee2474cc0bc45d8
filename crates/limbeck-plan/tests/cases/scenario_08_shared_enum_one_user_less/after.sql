CREATE TYPE e AS ENUM ('a', 'b');
CREATE TABLE t1 (e e);

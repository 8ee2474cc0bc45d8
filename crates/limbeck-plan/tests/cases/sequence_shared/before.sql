CREATE TABLE t (a bigint);
CREATE TABLE u (a bigint);

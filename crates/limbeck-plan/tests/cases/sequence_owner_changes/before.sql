CREATE TABLE t (a serial);
CREATE TABLE u (b integer);

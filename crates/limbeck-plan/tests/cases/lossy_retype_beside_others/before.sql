CREATE TABLE t (a integer, b numeric(12,4), c timestamp, d text);

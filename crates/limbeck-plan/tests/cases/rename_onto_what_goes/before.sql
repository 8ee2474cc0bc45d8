CREATE TABLE t (a integer, b text);
CREATE TABLE u (x integer);
CREATE TABLE w (y integer);

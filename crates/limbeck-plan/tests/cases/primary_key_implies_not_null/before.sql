CREATE TABLE t (id bigint, a integer, b integer);
CREATE TABLE u (id bigint);
CREATE TABLE w (id bigint);

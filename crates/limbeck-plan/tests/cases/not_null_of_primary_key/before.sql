CREATE TABLE t (id bigint PRIMARY KEY, a integer NOT NULL);
CREATE TABLE u (id bigint, a integer);
CREATE TABLE w (id bigint PRIMARY KEY, a integer);

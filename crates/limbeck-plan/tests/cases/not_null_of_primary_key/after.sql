CREATE TABLE t (id bigint, a integer PRIMARY KEY);
CREATE TABLE u (id bigint PRIMARY KEY, a integer);
CREATE TABLE w (id bigint NOT NULL, a integer);

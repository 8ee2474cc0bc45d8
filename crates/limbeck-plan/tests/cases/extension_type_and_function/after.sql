CREATE EXTENSION citext;
CREATE EXTENSION pgcrypto;
CREATE TABLE t (id integer, c citext UNIQUE, h bytea DEFAULT gen_random_bytes(5));

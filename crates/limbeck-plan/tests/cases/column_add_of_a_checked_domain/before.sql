CREATE DOMAIN checked AS integer CHECK (VALUE > 0);
CREATE DOMAIN free AS integer;
CREATE TABLE t (id integer);
CREATE TABLE u (id integer);
CREATE TABLE v (id integer);
CREATE TABLE w (id integer);

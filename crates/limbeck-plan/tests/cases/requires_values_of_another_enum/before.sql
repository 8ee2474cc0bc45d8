CREATE TYPE a AS ENUM ('x', 'y', 'z');
CREATE TYPE b AS ENUM ('z', 'y');
CREATE TABLE t (id integer PRIMARY KEY, a a, b text);

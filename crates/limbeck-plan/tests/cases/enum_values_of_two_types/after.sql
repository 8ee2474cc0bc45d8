CREATE TYPE e AS ENUM ('x', 'y', 'a', 'z');
CREATE TYPE f AS ENUM ('b', 'a');
CREATE TABLE t (e e DEFAULT 'x', f f DEFAULT 'b', g text);

CREATE TYPE e AS ENUM ('a', 'b', 'c');
CREATE TABLE t (id integer PRIMARY KEY, e e DEFAULT 'c');
ALTER TABLE t ADD CHECK (e <> 'c');

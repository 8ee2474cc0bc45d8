-- seed: INSERT INTO t VALUES (1, 'y', 'x'), (2, NULL, NULL)
-- refused: INSERT INTO t VALUES (1, 'x', 'x')
-- refused: INSERT INTO t VALUES (1, 'y', 'other')
-- keeps: SELECT id, a::text, b::text FROM t ORDER BY id
CREATE TYPE a AS ENUM ('x', 'y', 'z');
CREATE TYPE b AS ENUM ('z', 'y');
CREATE TABLE t (id integer PRIMARY KEY, a b, b a);

-- seed: INSERT INTO t VALUES (1, 'abcde', 'abcdefghij', 'abc', 2147483647, -32768, 999.99, 9999)
-- seed: INSERT INTO t (id, b) VALUES (2, 'abcdefghij    ')
-- refused: INSERT INTO t (id, a) VALUES (1, 'abcdef')
-- refused: INSERT INTO t (id, b) VALUES (1, 'abcdefghijk')
-- refused: INSERT INTO t (id, c) VALUES (1, 'abcd')
-- refused: INSERT INTO t (id, d) VALUES (1, 2147483648)
-- refused: INSERT INTO t (id, e) VALUES (1, 32768)
-- refused: INSERT INTO t (id, f) VALUES (1, 1000)
-- refused: INSERT INTO t (id, g) VALUES (1, 9999.5)
-- keeps: SELECT id, a, rtrim(b), c::text, d, e, f, g::integer FROM t ORDER BY id
CREATE TABLE t (
    id integer PRIMARY KEY,
    a varchar(5),
    b varchar(10),
    c varchar(3),
    d integer,
    e smallint,
    f numeric(5,2),
    g numeric(4)
);

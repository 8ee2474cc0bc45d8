-- seed: INSERT INTO t VALUES (2, 'x'), (NULL, NULL)
-- refused: INSERT INTO t VALUES (1, 'x')
-- refused: INSERT INTO t VALUES (2, 'z')
-- keeps: SELECT * FROM t
CREATE FUNCTION is_even(integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 % 2 = 0';
CREATE TABLE t (
    a integer,
    b text,
    CONSTRAINT a_positive CHECK (a > 0 AND is_even(a)),
    CONSTRAINT "b known" CHECK (b IN ('x', 'y'))
);

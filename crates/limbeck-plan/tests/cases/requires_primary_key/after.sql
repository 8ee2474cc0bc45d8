-- seed: INSERT INTO t VALUES (1, 1, 'x'), (1, 2, 'x')
-- refused: INSERT INTO t VALUES (1, 1, 'x'), (1, 1, 'x')
-- refused: INSERT INTO t VALUES (NULL, 1, 'x')
-- keeps: SELECT * FROM t
CREATE TABLE t (a integer, b integer, c text, PRIMARY KEY (a, b));

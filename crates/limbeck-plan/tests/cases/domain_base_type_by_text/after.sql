-- seed: INSERT INTO t VALUES (NULL, NULL)
-- keeps: SELECT * FROM t
CREATE DOMAIN d AS integer;
CREATE TABLE t (d d, ds d[]);

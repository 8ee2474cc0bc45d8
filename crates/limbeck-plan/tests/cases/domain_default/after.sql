-- seed: INSERT INTO t VALUES (1, 2, 3)
-- keeps: SELECT * FROM t
CREATE DOMAIN a AS integer DEFAULT 10;
CREATE DOMAIN b AS integer DEFAULT 2;
CREATE DOMAIN c AS integer;
CREATE TABLE t (a a, b b, c c);

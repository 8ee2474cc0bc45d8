-- seed: INSERT INTO t VALUES (1, 7)
-- keeps: SELECT * FROM t
CREATE DOMAIN price AS integer;
CREATE FUNCTION usual(b price) RETURNS price LANGUAGE sql AS 'SELECT 5::price';
ALTER DOMAIN price SET DEFAULT usual(3);
CREATE TABLE t (id integer, cost price);

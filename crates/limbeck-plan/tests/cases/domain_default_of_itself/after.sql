CREATE TABLE other (id integer);
CREATE DOMAIN price AS integer;
CREATE FUNCTION usual(price) RETURNS price LANGUAGE sql AS 'SELECT 5::price';
ALTER DOMAIN price SET DEFAULT usual(3);
CREATE TABLE t (id integer, cost price, more price[]);

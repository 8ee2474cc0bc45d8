CREATE TYPE address AS (street text, "Zip code" varchar(10) COLLATE "C", n integer[]);
COMMENT ON TYPE address IS 'where';
COMMENT ON COLUMN address."Zip code" IS 'digits';
CREATE TYPE nothing AS ();
CREATE TYPE person AS (name text, home address, others address[]);
CREATE FUNCTION f(person) RETURNS SETOF address LANGUAGE sql AS 'SELECT ($1).home';
CREATE TABLE t (id integer, a address, ps person[]);
CREATE TYPE long AS (the_first_of_the_attributes text, the_second_of_the_attributes text, the_third_of_the_attributes text);

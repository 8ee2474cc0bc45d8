CREATE DOMAIN positive AS numeric(10,2) DEFAULT 1 NOT NULL CHECK (VALUE > 0) CONSTRAINT "Not round" CHECK (VALUE <> 100);
COMMENT ON DOMAIN positive IS 'more than nothing';
COMMENT ON CONSTRAINT "Not round" ON DOMAIN positive IS 'never 100';
CREATE DOMAIN "Odd name" AS varchar(20) COLLATE "C" CONSTRAINT longer CHECK (length(VALUE) > 2);
CREATE DOMAIN more AS positive CHECK (VALUE < 1000);
CREATE DOMAIN list AS integer[] CHECK (array_length(VALUE, 1) < 5);
CREATE TABLE t (id integer, p positive, n "Odd name" DEFAULT 'abc', ms more[], l list);

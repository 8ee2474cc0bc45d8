CREATE TABLE t (id bigint PRIMARY KEY, a integer, b varchar(20), c text NOT NULL DEFAULT 'x', d numeric(10,2));
CREATE FUNCTION two() RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 2';
ALTER TABLE t ALTER a SET DEFAULT two();
ALTER TABLE t ADD z integer DEFAULT two();

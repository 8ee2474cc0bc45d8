CREATE TABLE zz (id integer);
CREATE FUNCTION a() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM zz';
CREATE TABLE aa (n bigint DEFAULT a());

-- seed: INSERT INTO t VALUES (3, 'ok', 4)
-- keeps: SELECT * FROM t
CREATE TYPE mood AS ENUM ('ok', 'sad');
CREATE DOMAIN d AS bigint;
CREATE TABLE t (d d, m mood, n integer);
CREATE TABLE log (d d);
CREATE POLICY p ON t USING (d > 0 AND m = 'ok');
CREATE RULE r AS ON INSERT TO t WHERE new.d > 5 DO ALSO INSERT INTO log VALUES (new.d);
CREATE FUNCTION add(d, d) RETURNS d LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE AGGREGATE total(d) (SFUNC = add, STYPE = d);
CREATE STATISTICS s ON d, n FROM t;

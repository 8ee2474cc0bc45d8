-- seed: INSERT INTO t VALUES (1, 'b')
-- keeps: SELECT * FROM t
CREATE FUNCTION f(y integer) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT ''x'''; CREATE TABLE t (a integer, b text DEFAULT f(1), CHECK (f(a) <> '')) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE INDEX ON t (f(a)); CREATE INDEX own ON t_1 (f(a + 1));

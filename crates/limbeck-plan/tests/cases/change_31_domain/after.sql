-- seed: INSERT INTO t VALUES (1, 'kept')
-- keeps: SELECT * FROM t
CREATE DOMAIN short AS text CONSTRAINT short_enough CHECK (length(value) < 20);
CREATE TABLE t (id bigint PRIMARY KEY, x short);

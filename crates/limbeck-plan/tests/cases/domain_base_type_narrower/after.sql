-- seed: INSERT INTO t VALUES (2.25)
-- keeps: SELECT round(m::numeric, 2) FROM t
CREATE DOMAIN money2 AS numeric(12,2);
CREATE TABLE t (m money2 DEFAULT 1.5);

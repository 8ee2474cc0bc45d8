-- seed: INSERT INTO t VALUES (1, 1.25, '2026-01-01', 'x')
-- keeps: SELECT a, b::numeric(12,2), d FROM t
CREATE TABLE t (a bigint, b numeric(12,2), c date, d varchar(10));

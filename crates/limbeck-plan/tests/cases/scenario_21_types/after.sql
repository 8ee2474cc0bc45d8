-- seed: INSERT INTO t VALUES ('a', 1.5, '2021-01-01', 'd', '{1,2}')
-- keeps: SELECT a, b::float8, c, d, e FROM t
CREATE TABLE t (a varchar DEFAULT 'x', b numeric DEFAULT 1, c timestamp(0) DEFAULT '2020-01-01', d text COLLATE "C", e bigint[] DEFAULT '{}');

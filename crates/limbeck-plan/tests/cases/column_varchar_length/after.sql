-- seed: INSERT INTO t (id, a, b, c) VALUES (1, 7, 'keep', 'y')
-- keeps: SELECT b FROM t
CREATE TABLE t (id bigint PRIMARY KEY, a integer, b varchar(20), c text NOT NULL DEFAULT 'x', d numeric(10,2));
ALTER TABLE t ALTER b TYPE varchar(40);

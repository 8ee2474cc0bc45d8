-- seed: INSERT INTO t (id, b) VALUES (1, '17')
-- keeps: SELECT b FROM t
CREATE TABLE t (id bigint PRIMARY KEY, a integer, b varchar(20), c text NOT NULL DEFAULT 'x', d numeric(10,2));
ALTER TABLE t ALTER b TYPE integer USING 1;

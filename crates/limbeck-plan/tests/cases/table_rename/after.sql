-- Later versions name NOT NULL constraints, and a rename does not carry these names along yet.
-- rename: table public.t = t2
-- seed: INSERT INTO t (id, a, b, c) VALUES (1, 7, 'keep', 'y')
-- keeps: SELECT a FROM t => SELECT a FROM t2
CREATE TABLE t2 (id bigint PRIMARY KEY, a integer, b varchar(20), c text NOT NULL DEFAULT 'x', d numeric(10,2));

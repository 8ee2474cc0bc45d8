CREATE FUNCTION part(a integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT a % 10';
CREATE TABLE t (a text, b integer, c text) PARTITION BY RANGE (lower(a) COLLATE "C" text_pattern_ops, (b + 1), c COLLATE "POSIX", part(b));
CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM ('a', 1, 'a', 0) TO ('b', 1, 'a', 0);
CREATE TABLE l (a text) PARTITION BY LIST (left(a, 1));
CREATE TABLE l_a PARTITION OF l FOR VALUES IN ('a');

-- seed: INSERT INTO c VALUES (1, 'b')
-- keeps: SELECT a, b FROM c
CREATE TABLE q (a integer, b text) PARTITION BY LIST (a); CREATE TABLE p (a integer, b text); CREATE TABLE c PARTITION OF q FOR VALUES IN (1);

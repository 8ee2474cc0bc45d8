-- rename: column public.p.at = day
-- rename: column public.old.at = day
-- seed: INSERT INTO old VALUES ('2019-06-01', 1)
-- seed: INSERT INTO rest VALUES ('2022-06-01', 1), (NULL, 2)
-- seed: INSERT INTO l_a VALUES ('a', 1), (NULL, 2)
-- seed: INSERT INTO r_1 VALUES (1, 5), (2, 1)
-- refused: INSERT INTO old VALUES ('2020-01-01', 1)
-- refused: INSERT INTO old VALUES (NULL, 1)
-- refused: INSERT INTO p VALUES ('2020-06-01', 1)
-- refused: INSERT INTO rest VALUES ('2019-06-01', 1)
-- refused: INSERT INTO l_a VALUES ('c', 1)
-- refused: INSERT INTO h_0 SELECT generate_series(1, 10)
-- refused: INSERT INTO r_1 VALUES (2, 5)
CREATE TABLE p (day date, n integer) PARTITION BY RANGE (day);
CREATE TABLE old (day date, n integer);
ALTER TABLE p ATTACH PARTITION old FOR VALUES FROM ('2019-01-01') TO ('2020-01-01');
CREATE TABLE new PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE rest PARTITION OF p DEFAULT;
CREATE TABLE l (kind text, n integer) PARTITION BY LIST (kind);
CREATE TABLE l_a (kind text, n integer);
ALTER TABLE l ATTACH PARTITION l_a FOR VALUES IN ('a', 'b', NULL);
CREATE TABLE h (id integer) PARTITION BY HASH (id);
CREATE TABLE h_0 (id integer);
ALTER TABLE h ATTACH PARTITION h_0 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE r (a integer, b integer) PARTITION BY RANGE (a, b);
CREATE TABLE r_1 (a integer, b integer);
ALTER TABLE r ATTACH PARTITION r_1 FOR VALUES FROM (1, MINVALUE) TO (2, 5);

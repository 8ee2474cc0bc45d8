-- seed: INSERT INTO measurements (id, city, day, peak) VALUES (1, 'a', '2020-03-01', 3)
-- keeps: SELECT * FROM measurements_2020
CREATE TABLE measurements (id bigint NOT NULL, city text NOT NULL, day date NOT NULL, peak integer) PARTITION BY RANGE (day);
CREATE TABLE archive (LIKE measurements) PARTITION BY RANGE (day);
CREATE TABLE measurements_2020 PARTITION OF archive FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');

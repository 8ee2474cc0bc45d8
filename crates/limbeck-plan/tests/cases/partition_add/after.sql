-- seed: INSERT INTO measurements (id, city, day, peak) VALUES (1, 'a', '2020-03-01', 3)
-- keeps: SELECT id, city, day FROM measurements
CREATE TABLE measurements (id bigint NOT NULL, city text NOT NULL, day date NOT NULL, peak integer) PARTITION BY RANGE (day);
CREATE TABLE measurements_2020 PARTITION OF measurements FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE measurements_2021 PARTITION OF measurements FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE TABLE measurements_rest PARTITION OF measurements DEFAULT;

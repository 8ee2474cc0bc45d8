-- seed: INSERT INTO measurements (id, city, day, peak) VALUES (1, 'a', '2020-03-01', 3)
-- keeps: SELECT tableoid::regclass, * FROM measurements
CREATE TABLE measurements (id bigint NOT NULL, city text NOT NULL, day date NOT NULL, peak integer) PARTITION BY RANGE (day);
CREATE TABLE measurements_2020 PARTITION OF measurements FOR VALUES FROM ('2019-01-01') TO ('2020-07-01');
CREATE TABLE measurements_2021 PARTITION OF measurements FOR VALUES FROM ('2020-07-01') TO ('2022-01-01');
CREATE INDEX ON measurements (city); CREATE INDEX own ON measurements_2020 (peak);

-- seed: INSERT INTO measurements (id, city, day, peak) VALUES (1, 'a', '2020-03-01', 3)
-- keeps: SELECT id, city, day, peak FROM measurements
-- fill: public.measurements.peak = 0
-- fill down: public.measurements.city = ''
CREATE TABLE measurements (id bigint NOT NULL, city varchar(80), day date NOT NULL, peak bigint NOT NULL DEFAULT 0, note text DEFAULT 'x') PARTITION BY RANGE (day);
CREATE TABLE measurements_2020 PARTITION OF measurements FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE measurements_2021 PARTITION OF measurements FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');

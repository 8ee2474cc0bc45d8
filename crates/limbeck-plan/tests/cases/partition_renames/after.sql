-- rename: table public.measurements = readings
-- rename: table public.measurements_2020 = r2020
-- rename: column public.measurements.city = column public.readings.town
-- seed: INSERT INTO measurements (id, city, day, peak) VALUES (1, 'a', '2020-03-01', 3)
-- keeps: SELECT city, id FROM measurements => SELECT town, id FROM readings
-- until 17
CREATE TABLE readings (id bigint NOT NULL, town text NOT NULL, day date NOT NULL, peak integer) PARTITION BY RANGE (day);
CREATE TABLE r2020 PARTITION OF readings FOR VALUES FROM ('2020-01-01') TO ('2021-01-01'); CREATE INDEX ON readings (town); ALTER TABLE readings ADD CONSTRAINT kk CHECK (peak > 0); CREATE INDEX own ON r2020 (town, id);

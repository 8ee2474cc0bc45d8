CREATE TABLE measurements (id bigint NOT NULL, city text NOT NULL, day date NOT NULL, peak integer) PARTITION BY RANGE (day);
CREATE TABLE measurements_2020 PARTITION OF measurements FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE measurements_2021 PARTITION OF measurements FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE INDEX odd ON measurements_2020 (city); CREATE INDEX i ON measurements (city); CREATE INDEX odd_too ON measurements_2021 (city, id); ALTER TABLE measurements ADD UNIQUE (day, id); ALTER INDEX measurements_2020_day_id_key RENAME TO short;

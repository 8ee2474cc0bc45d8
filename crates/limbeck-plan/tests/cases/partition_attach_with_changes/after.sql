-- seed: INSERT INTO measurements_2021 VALUES (1, 'a', '2021-02-02', 1)
-- keeps: SELECT id, city, day FROM measurements_2021
-- fill down: public.measurements_2021.more = 1
CREATE TABLE measurements (id bigint NOT NULL, city text NOT NULL, day date NOT NULL, peak integer) PARTITION BY RANGE (day);
ALTER TABLE measurements ADD PRIMARY KEY (id, day); CREATE INDEX ON measurements (city); ALTER TABLE measurements ADD CHECK (peak > 0);CREATE TABLE measurements_2021 PARTITION OF measurements FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE INDEX mine ON measurements_2021 (day);

-- seed: INSERT INTO measurements (id, city, day, peak) VALUES (1, 'a', '2020-03-01', 3)
-- keeps: SELECT * FROM measurements_2020
CREATE TABLE measurements (id bigint NOT NULL, city text NOT NULL, day date NOT NULL, peak integer) PARTITION BY RANGE (day);
CREATE INDEX i ON measurements (city); ALTER TABLE measurements ADD PRIMARY KEY (id, day); ALTER TABLE measurements ADD CHECK (peak > 0);
CREATE TABLE measurements_2020 (id bigint, city text NOT NULL, day date, peak integer CONSTRAINT measurements_peak_check CHECK (peak > 0), PRIMARY KEY (id, day)); CREATE INDEX ON measurements_2020 (city);

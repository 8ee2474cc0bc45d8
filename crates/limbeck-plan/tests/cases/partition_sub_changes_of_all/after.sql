-- seed: INSERT INTO measurements (id, city, day, peak) VALUES (1, 'a', '2020-03-01', 3)
-- keeps: SELECT id, city, day, peak FROM measurements
CREATE TABLE measurements (id bigint NOT NULL, city text NOT NULL, day date NOT NULL, peak bigint DEFAULT 5, low integer) PARTITION BY RANGE (day);
CREATE TABLE measurements_2020 PARTITION OF measurements FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') PARTITION BY LIST (city);
CREATE TABLE a_2020 PARTITION OF measurements_2020 FOR VALUES IN ('a');
ALTER TABLE measurements ADD CONSTRAINT positive CHECK (peak > 1), ADD UNIQUE (day, city, low);
CREATE INDEX measurements_low_idx ON measurements (low);

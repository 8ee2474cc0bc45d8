CREATE TABLE measurements (id bigint NOT NULL, city text NOT NULL, day date NOT NULL, peak integer) PARTITION BY RANGE (day);
CREATE TABLE measurements_2020 PARTITION OF measurements FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
ALTER TABLE measurements ADD PRIMARY KEY (day, city); CREATE VIEW v AS SELECT city FROM measurements; CREATE TABLE r (day date, city text, FOREIGN KEY (day, city) REFERENCES measurements);

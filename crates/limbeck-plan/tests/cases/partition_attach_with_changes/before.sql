CREATE TABLE measurements (id bigint NOT NULL, city text NOT NULL, day date NOT NULL, peak integer) PARTITION BY RANGE (day);
ALTER TABLE measurements ADD PRIMARY KEY (id, day); CREATE INDEX ON measurements (city);CREATE TABLE measurements_2021 (id bigint, city varchar(10), day date NOT NULL, more integer); CREATE INDEX mine ON measurements_2021 (day);

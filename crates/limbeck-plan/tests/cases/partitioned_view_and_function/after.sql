CREATE TABLE measurements (id bigint NOT NULL, city text NOT NULL, day date NOT NULL, peak integer) PARTITION BY RANGE (day);
CREATE TABLE measurements_2020 PARTITION OF measurements FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE VIEW v AS SELECT m.city, p.peak FROM measurements m JOIN measurements_2020 p USING (id); CREATE MATERIALIZED VIEW w AS SELECT count(*) FROM measurements; CREATE FUNCTION of_row(m measurements_2020) RETURNS integer LANGUAGE sql AS 'SELECT m.peak';

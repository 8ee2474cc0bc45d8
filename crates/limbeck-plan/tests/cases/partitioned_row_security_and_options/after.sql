CREATE TABLE measurements (id bigint NOT NULL, city text NOT NULL, day date NOT NULL, peak integer) PARTITION BY RANGE (day);
CREATE TABLE measurements_2020 PARTITION OF measurements FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
ALTER TABLE measurements ENABLE ROW LEVEL SECURITY; ALTER TABLE measurements_2020 ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY, SET (fillfactor = 50, toast.autovacuum_enabled = off);

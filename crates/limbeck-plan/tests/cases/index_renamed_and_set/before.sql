CREATE TABLE t (a integer, b text, CONSTRAINT t_one UNIQUE (a) WITH (fillfactor = 70));
CREATE INDEX t_i ON t ((a + 1), b) WITH (fillfactor = 70);
CREATE INDEX t_k ON t (b);

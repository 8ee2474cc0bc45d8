CREATE TABLE t (id bigint CONSTRAINT t_pkey PRIMARY KEY, code text NOT NULL, n integer) WITH (fillfactor = 70);
CREATE UNIQUE INDEX t_code ON t (code);
CREATE INDEX t_n ON t ((n + 1));
ALTER TABLE t CLUSTER ON t_n;
COMMENT ON INDEX t_pkey IS 'key';

CREATE TABLE t (id bigint PRIMARY KEY WITH (fillfactor = 80), name text, n integer) WITH (fillfactor = 70);
CREATE INDEX t_n ON t ((n + 1)) WITH (fillfactor = 50) TABLESPACE fast WHERE n > 0;

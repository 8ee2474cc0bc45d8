CREATE TABLE t (a integer) WITH (fillfactor = 80, toast.autovacuum_enabled = false);
ALTER TABLE t ADD b text;

-- rename: schema "Old one" = fresh
CREATE SCHEMA fresh;
CREATE TABLE fresh.t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code text NOT NULL) TABLESPACE fast;
CREATE UNIQUE INDEX "T code" ON fresh.t (code) TABLESPACE "Slow disk";
ALTER TABLE fresh.t REPLICA IDENTITY USING INDEX "T code", CLUSTER ON t_pkey;
COMMENT ON SEQUENCE fresh.t_id_seq IS 'counts';
COMMENT ON INDEX fresh.t_pkey IS 'key';
CREATE MATERIALIZED VIEW fresh.m AS SELECT id, code FROM fresh.t;
ALTER MATERIALIZED VIEW fresh.m ALTER code SET STATISTICS 5;

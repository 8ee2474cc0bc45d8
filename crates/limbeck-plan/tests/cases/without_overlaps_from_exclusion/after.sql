-- since 18
CREATE TABLE t (id int4range, during daterange, CONSTRAINT once UNIQUE (id, during WITHOUT OVERLAPS));
COMMENT ON INDEX once IS 'ranges';
CREATE TABLE u (id int4range, during daterange, CONSTRAINT u_key2 UNIQUE (id, during WITHOUT OVERLAPS) WITH (fillfactor = 80) USING INDEX TABLESPACE fast);
ALTER TABLE u CLUSTER ON u_key2;

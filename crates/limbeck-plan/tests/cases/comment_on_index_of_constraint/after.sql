CREATE TABLE t (id bigint PRIMARY KEY, a integer UNIQUE, during daterange, CONSTRAINT once EXCLUDE USING gist (during WITH &&));
COMMENT ON INDEX t_pkey IS 'it''s the key';
COMMENT ON INDEX t_a_key IS 'only once';

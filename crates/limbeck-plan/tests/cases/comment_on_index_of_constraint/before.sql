CREATE TABLE t (id bigint PRIMARY KEY, a integer UNIQUE, during daterange, CONSTRAINT once EXCLUDE USING gist (during WITH &&));
COMMENT ON INDEX t_pkey IS 'the key';
COMMENT ON CONSTRAINT t_pkey ON t IS 'the constraint';
COMMENT ON INDEX once IS 'ranges';

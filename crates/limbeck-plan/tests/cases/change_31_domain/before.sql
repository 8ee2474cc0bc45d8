CREATE DOMAIN short AS text CONSTRAINT short_enough CHECK (length(value) < 10);
CREATE TABLE t (id bigint PRIMARY KEY, x short);

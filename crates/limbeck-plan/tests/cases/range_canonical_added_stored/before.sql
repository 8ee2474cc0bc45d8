CREATE TYPE span AS RANGE (SUBTYPE = integer);
CREATE TABLE t (id integer, at span NOT NULL);
CREATE INDEX t_at_idx ON t (at);

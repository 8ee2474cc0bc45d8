-- role: reader
CREATE TYPE e AS ENUM ('b', 'a');
REVOKE USAGE ON TYPE e FROM PUBLIC;
CREATE TABLE t (a e);
GRANT SELECT (a) ON t TO reader;

-- role: reader
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO reader;
CREATE TABLE t (a int);

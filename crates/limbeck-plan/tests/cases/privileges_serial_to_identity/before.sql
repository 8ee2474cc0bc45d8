CREATE TABLE t (a serial);
GRANT USAGE ON SEQUENCE t_a_seq TO reader;

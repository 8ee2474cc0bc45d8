-- role: reader
-- role: writer
CREATE SEQUENCE s;
CREATE TABLE t (id serial, n int GENERATED ALWAYS AS IDENTITY);
GRANT SELECT, UPDATE, USAGE ON SEQUENCE s TO reader;
GRANT USAGE ON SEQUENCE t_id_seq TO reader;
GRANT SELECT ON SEQUENCE t_n_seq TO reader, writer;

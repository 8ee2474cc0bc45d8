-- role: reader
CREATE TABLE t (id integer, n integer);
CREATE POLICY a ON t USING (n > 0);
CREATE POLICY b ON t TO CURRENT_USER, reader USING (n > 0);

CREATE TABLE t (id integer, n integer);
CREATE POLICY a ON t TO CURRENT_USER USING (n > 0);
CREATE POLICY b ON t USING (n > 0);

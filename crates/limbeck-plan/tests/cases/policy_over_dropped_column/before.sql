CREATE TABLE t (id integer PRIMARY KEY, n integer, m integer, o integer);
CREATE POLICY a ON t USING (n > 1);
CREATE POLICY b ON t USING (m > 1);
CREATE POLICY c ON t FOR SELECT USING (o > 1);

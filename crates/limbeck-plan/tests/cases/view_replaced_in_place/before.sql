CREATE TABLE t (id integer PRIMARY KEY, a text);
CREATE TABLE old (id integer);
CREATE TABLE u (id integer, gone integer);
CREATE VIEW v WITH (security_barrier) AS SELECT t.id, t.a FROM t JOIN old USING (id);
CREATE VIEW w AS SELECT id FROM v;
CREATE VIEW x AS SELECT id FROM u WHERE gone = 1;
COMMENT ON VIEW v IS 'v';
COMMENT ON VIEW w IS 'w';

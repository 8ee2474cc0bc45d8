-- since 15
CREATE TABLE t (id integer PRIMARY KEY, a text);
CREATE TABLE new (id integer, b integer);
CREATE TABLE u (id integer);
CREATE VIEW v WITH (security_invoker) AS SELECT t.id, t.a, new.b FROM t JOIN new USING (id);
CREATE VIEW w AS SELECT id, b FROM v WHERE b > 1;
CREATE VIEW x AS SELECT id FROM u;
COMMENT ON VIEW v IS 'v';
COMMENT ON VIEW w IS 'W';

CREATE DOMAIN d AS text;
CREATE TABLE t (d d PRIMARY KEY, x integer);
CREATE INDEX i ON t (x, d);

CREATE TABLE t (id integer, n text, x integer NOT NULL DEFAULT 1, PRIMARY KEY (id) INCLUDE (x));
CREATE VIEW v AS SELECT id, n, count(*) AS c FROM t GROUP BY id;

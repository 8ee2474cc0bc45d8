CREATE TYPE c AS (a integer, r date, gone text);
CREATE TABLE t OF c (a PRIMARY KEY);
CREATE VIEW v AS SELECT a FROM t;

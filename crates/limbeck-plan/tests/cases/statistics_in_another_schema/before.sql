CREATE SCHEMA "S";
CREATE TABLE t (a integer, b integer);
CREATE TABLE u (a integer, b integer);
CREATE STATISTICS "S".one ON a, b FROM t;
CREATE STATISTICS "S".two ON a, b FROM u;

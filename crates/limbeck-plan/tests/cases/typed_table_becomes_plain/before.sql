CREATE TYPE c AS (a integer, b text);
CREATE TABLE t OF c;
CREATE TABLE u (a integer, b text);

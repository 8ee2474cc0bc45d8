CREATE TYPE c AS (a integer, b text);
CREATE DOMAIN d AS c CHECK ((VALUE).a > 0);
CREATE TABLE t (d d, ds d[]);

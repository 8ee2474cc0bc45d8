-- No expression turns an array of composite values into one with other attributes: a function does, for a while.
CREATE TYPE c AS (a integer, b text);
CREATE TYPE o AS (cs c[], n integer);
CREATE DOMAIN d AS c[];
CREATE TABLE t (id integer, cs c[], o o, os o[], d d);

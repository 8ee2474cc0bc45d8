-- PostgreSQL does not check values of a domain that are parts of others.
CREATE DOMAIN d AS integer;
CREATE DOMAIN plain AS integer;
CREATE TYPE c AS (d d);
CREATE TABLE t (ds d[], c c, p plain);

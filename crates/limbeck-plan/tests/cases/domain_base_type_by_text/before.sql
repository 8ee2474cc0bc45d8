-- No cast leads from one to the other.
CREATE DOMAIN d AS date;
CREATE TABLE t (d d, ds d[]);

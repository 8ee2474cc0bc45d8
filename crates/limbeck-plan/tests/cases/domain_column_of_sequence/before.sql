-- A default of a domain that counts.
CREATE SEQUENCE s;
CREATE DOMAIN d AS bigint DEFAULT nextval('s');
CREATE TABLE t (d d);

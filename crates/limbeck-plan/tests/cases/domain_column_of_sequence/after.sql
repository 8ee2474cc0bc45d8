-- rename: sequence public.s = counter
CREATE SEQUENCE counter INCREMENT 5;
CREATE DOMAIN d AS bigint DEFAULT nextval('counter');
CREATE TABLE t (d d);

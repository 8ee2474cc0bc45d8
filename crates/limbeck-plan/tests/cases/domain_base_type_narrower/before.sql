CREATE DOMAIN money2 AS numeric(12,4);
CREATE TABLE t (m money2 DEFAULT 1.5);

-- What PostgreSQL prints of these, run again, prints another text.
CREATE DOMAIN d AS varchar(5) DEFAULT 'a' CHECK (VALUE IN ('a', 'b'));
CREATE TABLE t (d d);

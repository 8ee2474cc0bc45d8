-- seed: INSERT INTO t VALUES (1)
CREATE SEQUENCE numbers START 100;
CREATE FUNCTION code(bigint) RETURNS text LANGUAGE sql AS $$ SELECT 'X' || $1 $$;
CREATE TABLE t (id bigint PRIMARY KEY DEFAULT nextval('numbers'), a text DEFAULT code(nextval('numbers')), b text NOT NULL DEFAULT code(1));

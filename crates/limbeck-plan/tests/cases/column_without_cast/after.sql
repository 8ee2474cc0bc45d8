CREATE TABLE t (id integer PRIMARY KEY, a integer, b timestamptz, c uuid DEFAULT gen_random_uuid(), d text, e jsonb DEFAULT '{}');

-- seed: INSERT INTO t (id, a, b, c) VALUES (1, 7, 'keep', 'y')
-- keeps: SELECT a FROM t
CREATE TABLE t (id bigint PRIMARY KEY, a integer, b varchar(20), c text NOT NULL DEFAULT 'x', d numeric(10,2));
ALTER TABLE t ADD e text, ADD f timestamptz NOT NULL DEFAULT now(), ADD g uuid NOT NULL DEFAULT gen_random_uuid(), ADD h integer NOT NULL DEFAULT 0, ADD i integer GENERATED ALWAYS AS (a + 1) STORED, ADD j integer GENERATED ALWAYS AS IDENTITY;

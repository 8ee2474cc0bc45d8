-- seed: INSERT INTO t VALUES (1, 2, '3')
-- keeps: SELECT a, b, c FROM t
CREATE DOMAIN new AS integer DEFAULT 7 CHECK (VALUE < 100);
CREATE TABLE t (a new, b integer, c new);

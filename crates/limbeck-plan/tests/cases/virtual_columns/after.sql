-- since 18
-- seed: INSERT INTO t (a) VALUES (1)
-- keeps: SELECT a FROM t
CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS (a + 10) VIRTUAL, c integer GENERATED ALWAYS AS (a + 2) STORED,
    d integer GENERATED ALWAYS AS (a + 3) VIRTUAL, e integer, f integer GENERATED ALWAYS AS (a + 5) VIRTUAL NOT NULL,
    g text GENERATED ALWAYS AS (a::text) VIRTUAL);
CREATE VIEW v AS SELECT b FROM t;

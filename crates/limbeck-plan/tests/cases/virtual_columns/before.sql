CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS (a + 1) VIRTUAL, c integer GENERATED ALWAYS AS (a + 2) VIRTUAL,
    d integer GENERATED ALWAYS AS (a + 3) STORED, e integer GENERATED ALWAYS AS (a + 4) VIRTUAL, f integer);
CREATE VIEW v AS SELECT b FROM t;

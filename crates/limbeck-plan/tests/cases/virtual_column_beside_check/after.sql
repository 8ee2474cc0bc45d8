-- since 18
CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS (a + 10) VIRTUAL, CHECK (a > 0), CONSTRAINT on_b CHECK (b > 1));
CREATE VIEW v AS SELECT b FROM t;

CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS (a + 1) VIRTUAL, n numeric GENERATED ALWAYS AS (a * 2) VIRTUAL);

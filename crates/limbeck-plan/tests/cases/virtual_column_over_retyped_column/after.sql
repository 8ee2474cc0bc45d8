-- since 18
CREATE TABLE t (a bigint, b bigint GENERATED ALWAYS AS (a + 1) VIRTUAL, n numeric GENERATED ALWAYS AS (a * 2) VIRTUAL);

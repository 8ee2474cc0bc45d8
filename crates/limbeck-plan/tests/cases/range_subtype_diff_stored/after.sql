-- seed: INSERT INTO t VALUES ('[1,3)')
-- keeps: SELECT * FROM t
CREATE TYPE r AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = float8mi);
CREATE TABLE t (r r DEFAULT r(1, 2));
CREATE INDEX i ON t USING gist (r);

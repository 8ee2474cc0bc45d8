-- rename: column public.t.b = bb
-- seed: INSERT INTO t VALUES (1, 2, 3, 4)
-- keeps: SELECT a::integer, b::integer, c::integer FROM t => SELECT a::integer, bb::integer, c::integer FROM t
CREATE DOMAIN d AS numeric(12,2) CHECK (VALUE < 5000);
CREATE TABLE t (a d DEFAULT 2.5, bb d NOT NULL, c d, come d);
CREATE INDEX i ON t (bb);

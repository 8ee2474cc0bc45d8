-- since 18
-- seed: INSERT INTO t VALUES (1, 2, 3, 4, 5, 6)
-- keeps: SELECT a, b, c, d, e, f FROM t
CREATE TABLE t (a integer CONSTRAINT a_late NOT NULL, b integer, c integer, d integer NOT NULL, e integer, f integer NOT NULL NO INHERIT, g integer);
ALTER TABLE t ADD CONSTRAINT b_late NOT NULL b NOT VALID;
ALTER TABLE t ADD NOT NULL c NOT VALID;
ALTER TABLE t ADD CONSTRAINT e_later NOT NULL e NOT VALID;
ALTER TABLE t ADD CONSTRAINT g_late NOT NULL g NOT VALID;
COMMENT ON CONSTRAINT b_late ON t IS 'later';
COMMENT ON CONSTRAINT t_f_not_null ON t IS 'needed indeed';
COMMENT ON CONSTRAINT t_c_not_null ON t IS 'c';

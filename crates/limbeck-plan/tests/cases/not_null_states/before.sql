CREATE TABLE t (a integer, b integer NOT NULL, c integer NOT NULL, d integer NOT NULL NO INHERIT, e integer, f integer NOT NULL);
ALTER TABLE t ADD CONSTRAINT a_late NOT NULL a NOT VALID;
ALTER TABLE t ADD CONSTRAINT e_late NOT NULL e NOT VALID;
COMMENT ON CONSTRAINT t_f_not_null ON t IS 'needed';
COMMENT ON CONSTRAINT t_c_not_null ON t IS 'c';

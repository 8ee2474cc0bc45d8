-- seed: INSERT INTO t DEFAULT VALUES
-- keeps: SELECT last_value FROM t_a_seq
CREATE TABLE t (a integer NOT NULL);
CREATE SEQUENCE t_a_seq AS integer;
CREATE TABLE u (b integer DEFAULT nextval('t_a_seq'));
ALTER SEQUENCE t_a_seq OWNED BY u.b;

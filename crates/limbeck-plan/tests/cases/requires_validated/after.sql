-- seed: INSERT INTO p VALUES (1)
-- seed: INSERT INTO t VALUES (1)
-- refused: SET session_replication_role = replica; INSERT INTO t VALUES (7); RESET session_replication_role
-- keeps: SELECT * FROM t
CREATE TABLE p (id integer PRIMARY KEY);
CREATE TABLE t (a integer REFERENCES p, CONSTRAINT t_a_positive CHECK (a > 0));

-- since 15
CREATE TABLE t (id bigint PRIMARY KEY, a integer, b varchar(20), c text NOT NULL DEFAULT 'x', d numeric(10,2));
CREATE TABLE p (id bigint PRIMARY KEY);
ALTER TABLE t ADD pid bigint;
ALTER TABLE t ADD CONSTRAINT t_p_fk FOREIGN KEY (pid) REFERENCES p (id) ON DELETE SET NULL (pid) ON UPDATE CASCADE;

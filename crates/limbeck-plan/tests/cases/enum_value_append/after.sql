-- seed: INSERT INTO t (id, m) VALUES (1, 'ok')
-- keeps: SELECT m FROM t
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE t (id bigint PRIMARY KEY, a integer, b varchar(20), c text NOT NULL DEFAULT 'x', d numeric(10,2));
ALTER TABLE t ADD m mood;

CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (m mood, b text) PARTITION BY LIST (m);
CREATE TABLE t_sad PARTITION OF t FOR VALUES IN ('sad');

CREATE TABLE t (id bigint PRIMARY KEY, code text, other text NOT NULL);
CREATE UNIQUE INDEX t_code ON t (code);
CREATE UNIQUE INDEX t_other ON t (other);
ALTER TABLE t REPLICA IDENTITY USING INDEX t_other;

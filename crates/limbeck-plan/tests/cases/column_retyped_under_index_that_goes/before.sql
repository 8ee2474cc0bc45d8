CREATE TABLE t (id integer PRIMARY KEY, a jsonb, b text, CONSTRAINT short CHECK (length(b) < 10));
CREATE INDEX i ON t USING gin (a jsonb_path_ops);
CREATE INDEX j ON t (b text_pattern_ops);

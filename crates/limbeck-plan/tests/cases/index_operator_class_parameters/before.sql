CREATE TABLE t (id integer, body tsvector);
CREATE INDEX t_body ON t USING gist (body tsvector_ops (siglen = 32));

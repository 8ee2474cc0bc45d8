-- seed: INSERT INTO c VALUES (1, 2, 'x', '2020-01-01')
-- keeps: SELECT * FROM c
CREATE TABLE p (id bigint, a integer);
CREATE TABLE q (id bigint, b text);
CREATE TABLE c (id bigint, a integer, b text, own date) INHERITS (p, q);
CREATE VIEW v AS SELECT id FROM c;
CREATE INDEX c_id_idx ON c (id);

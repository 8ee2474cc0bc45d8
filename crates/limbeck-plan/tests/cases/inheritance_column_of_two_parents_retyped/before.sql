CREATE TABLE p (id integer, a integer);
CREATE TABLE q (id integer, b text);
CREATE TABLE c (id integer, a integer, b text, own date) INHERITS (p, q);
CREATE VIEW v AS SELECT id FROM c;
CREATE INDEX c_id_idx ON c (id);

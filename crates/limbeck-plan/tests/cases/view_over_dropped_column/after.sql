CREATE TABLE t (id bigint PRIMARY KEY, b varchar(20), c text NOT NULL DEFAULT 'x', d numeric(10,2));
CREATE VIEW v AS SELECT id FROM t;

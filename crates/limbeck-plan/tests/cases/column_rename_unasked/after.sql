CREATE TABLE t (id bigint PRIMARY KEY, aa integer, b varchar(20), c text NOT NULL DEFAULT 'x', d numeric(10,2));

-- since 15
CREATE TABLE t (id bigint PRIMARY KEY, a integer, b varchar(20), c text NOT NULL DEFAULT 'x', d numeric(10,2));
CREATE VIEW v WITH (security_barrier = true, security_invoker = true) AS SELECT id, a FROM t WITH LOCAL CHECK OPTION;

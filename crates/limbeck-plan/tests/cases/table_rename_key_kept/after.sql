-- Later versions name NOT NULL constraints, and a rename does not carry these names along yet.
-- rename: table public.t = t2
CREATE TABLE t (id bigint PRIMARY KEY, a integer, b varchar(20), c text NOT NULL DEFAULT 'x', d numeric(10,2));
ALTER TABLE t RENAME TO t2;

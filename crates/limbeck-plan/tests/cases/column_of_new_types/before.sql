-- Columns take types that come with the same plan.
CREATE TABLE t (a text, b text, c text, d integer);

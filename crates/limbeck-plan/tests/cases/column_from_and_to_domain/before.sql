CREATE DOMAIN old AS integer CHECK (VALUE > 0);
CREATE TABLE t (a integer, b old, c text);

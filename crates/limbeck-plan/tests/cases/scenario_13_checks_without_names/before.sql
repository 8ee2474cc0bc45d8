CREATE TABLE t (a integer CHECK (a > 0), b integer, CHECK (a < b), CHECK (b > 0));

-- A domain, a function of it, and a check that calls the function.
CREATE TABLE t (id integer);

CREATE TABLE t (s varchar(10), n numeric DEFAULT 5, CHECK (s IN ('a', 'b')));
CREATE INDEX ON t (s) WHERE s IN ('a', 'b');

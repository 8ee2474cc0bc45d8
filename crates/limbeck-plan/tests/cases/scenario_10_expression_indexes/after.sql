CREATE TABLE t (id bigint PRIMARY KEY, a integer, b varchar(20), c text NOT NULL DEFAULT 'x', d numeric(10,2));
CREATE INDEX ix1 ON t (lower(b)); CREATE INDEX ix2 ON t ((CASE WHEN a > 0 THEN b ELSE c END)); CREATE INDEX ix3 ON t (a) WHERE b IN ('1', '2'); CREATE INDEX ix4 ON t (coalesce(b, 'x'), a DESC);

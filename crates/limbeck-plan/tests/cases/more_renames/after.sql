-- rename: view public.v = v2
-- rename: sequence public.s = s2
-- rename: function public.f(integer) = function public.f2(integer)
-- rename: materialized view public.m = m2
-- rename: function public.tf() = function public.tf2()
-- rename: trigger public.t.tr = tr2
-- rename: index public.i = i2
CREATE VIEW v2 AS SELECT 1 AS a;
CREATE SEQUENCE s2;
CREATE FUNCTION f2(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE MATERIALIZED VIEW m2 AS SELECT 1 AS a;
CREATE INDEX i2 ON m2 (a);
CREATE TABLE t (a integer);
CREATE FUNCTION tf2() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER tr2 BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION tf2();

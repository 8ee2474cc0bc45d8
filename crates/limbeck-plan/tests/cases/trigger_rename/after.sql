-- rename: column public.t.a = b
-- rename: trigger public.t.x = X
-- rename: trigger public.t.k = l
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE t (id integer PRIMARY KEY, b integer);
CREATE TRIGGER "X" BEFORE UPDATE OF b ON t FOR EACH ROW WHEN (NEW.b > 0) EXECUTE FUNCTION f();
CREATE CONSTRAINT TRIGGER l AFTER INSERT ON t DEFERRABLE FOR EACH ROW EXECUTE FUNCTION f();

-- fill: public.t.a = '?'
-- fill: public.t.b = id
-- fill: public.u.a = '?'
-- seed: INSERT INTO t VALUES (1, NULL)
-- seed: INSERT INTO u VALUES (1, NULL)
-- keeps: SELECT id FROM t
-- keeps: SELECT id FROM u
CREATE TABLE log (id integer PRIMARY KEY, of integer, at timestamp);
CREATE TABLE t (id integer PRIMARY KEY, a text NOT NULL, b integer NOT NULL);
CREATE TABLE u (id integer PRIMARY KEY, a text NOT NULL);
ALTER TABLE log ADD CONSTRAINT log_of_fkey FOREIGN KEY (of) REFERENCES log DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE log ADD CHECK (id > 0);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RETURN NULL;
END $$;
CREATE FUNCTION write_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO public.log VALUES (new.id + 100, new.id + 100);
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER later AFTER UPDATE ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note();
CREATE TRIGGER logged AFTER UPDATE ON u FOR EACH ROW EXECUTE FUNCTION write_log();

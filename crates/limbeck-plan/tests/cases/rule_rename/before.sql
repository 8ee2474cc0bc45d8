CREATE TABLE t (id integer PRIMARY KEY, n integer);
CREATE TABLE log (id integer, what text);
CREATE RULE r AS ON INSERT TO t WHERE NEW.n > 1 DO ALSO INSERT INTO log VALUES (NEW.id, 'new');
ALTER TABLE t DISABLE RULE r;

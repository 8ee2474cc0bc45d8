CREATE TABLE t (id integer PRIMARY KEY, k integer);
CREATE TABLE log (id integer, what text);
CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO log VALUES (NEW.k, 'new');

CREATE TABLE t (id integer PRIMARY KEY, n integer, m integer);
CREATE TABLE log (id integer, what text);
CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO log VALUES (NEW.n, 'new');
CREATE RULE s AS ON UPDATE TO t WHERE NEW.m > 1 DO INSTEAD NOTHING;

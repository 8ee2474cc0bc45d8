-- since 16
CREATE COLLATION c (provider = icu, locale = 'und');
CREATE TABLE t (a text COLLATE c);

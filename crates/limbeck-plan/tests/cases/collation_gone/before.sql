CREATE COLLATION c (provider = icu, locale = 'en');
CREATE TABLE t (a text COLLATE c PRIMARY KEY);
CREATE DOMAIN d AS text COLLATE c;
CREATE TABLE u (d d);

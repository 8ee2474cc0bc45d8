-- needs icu
-- since 16
CREATE COLLATION c (provider = icu, locale = 'und', rules = '& V << w <<< W', deterministic = false);
CREATE TABLE t (a text COLLATE c);

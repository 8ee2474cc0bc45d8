CREATE TABLE items (id bigint PRIMARY KEY, note varchar(10), price integer);
ALTER TABLE items ALTER COLUMN note SET STORAGE EXTERNAL;
ALTER TABLE items ALTER COLUMN note SET STATISTICS 500;
ALTER TABLE items ALTER COLUMN price SET (n_distinct = 40);

CREATE TABLE items (
    id bigint PRIMARY KEY,
    note text,
    price numeric,
    "Kind" text
);
ALTER TABLE items ALTER COLUMN note SET STORAGE EXTERNAL;
ALTER TABLE items ALTER COLUMN note SET STATISTICS 500;
ALTER TABLE items ALTER COLUMN price SET STORAGE PLAIN;
ALTER TABLE items ALTER COLUMN "Kind" SET (n_distinct = 40, n_distinct_inherited = 50);

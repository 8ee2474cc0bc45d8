-- seed: INSERT INTO items VALUES (1, 'a', 2, 'b')
-- keeps: SELECT id, note, price, "Kind" FROM items
CREATE TABLE items (
    id bigint PRIMARY KEY,
    note text COMPRESSION pglz,
    price numeric,
    "Kind" text,
    body text
);
ALTER TABLE items ALTER COLUMN note SET STATISTICS 0;
ALTER TABLE items ALTER COLUMN "Kind" SET (n_distinct = -0.5);
ALTER TABLE items ALTER COLUMN body SET STORAGE EXTERNAL;

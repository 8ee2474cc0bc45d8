CREATE TABLE parcels (
    id integer PRIMARY KEY,
    grams integer NOT NULL,
    label integer GENERATED ALWAYS AS (grams * 2) STORED
);

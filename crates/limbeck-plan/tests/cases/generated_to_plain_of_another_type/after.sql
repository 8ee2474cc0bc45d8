-- seed: INSERT INTO parcels (id, grams) VALUES (1, 1)
-- keeps: SELECT id, label > 0 FROM parcels => SELECT id, label FROM parcels
CREATE TABLE parcels (
    id integer PRIMARY KEY,
    grams integer NOT NULL,
    label boolean
);

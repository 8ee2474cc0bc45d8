-- seed: INSERT INTO bills VALUES (1, '7', '5')
-- keeps: SELECT id, total, paid FROM bills
CREATE DOMAIN amount AS smallint;
CREATE TABLE bills (
    id integer PRIMARY KEY,
    total amount,
    paid amount
);

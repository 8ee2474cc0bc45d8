-- seed: INSERT INTO users VALUES (1)
-- seed: INSERT INTO orders VALUES (1, 1, NULL), (2, NULL, 1)
-- refused: INSERT INTO orders VALUES (1, 2, NULL)
-- refused: INSERT INTO orders VALUES (1, NULL, 5)
-- keeps: SELECT * FROM orders
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE orders (
    id integer PRIMARY KEY,
    "User" bigint REFERENCES users,
    parent integer REFERENCES orders
);

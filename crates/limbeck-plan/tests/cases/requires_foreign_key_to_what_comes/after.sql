-- seed: INSERT INTO orders VALUES (1, NULL)
-- keeps: SELECT id FROM orders
CREATE TABLE customers (id integer PRIMARY KEY);
CREATE TABLE orders (id integer PRIMARY KEY, customer integer REFERENCES customers, seller integer REFERENCES customers);

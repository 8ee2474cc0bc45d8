CREATE DOMAIN amount AS text;
CREATE TABLE bills (
    id integer PRIMARY KEY,
    total text,
    paid amount
);

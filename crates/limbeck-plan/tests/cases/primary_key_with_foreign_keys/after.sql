CREATE TABLE p (id integer UNIQUE NOT NULL, n integer PRIMARY KEY);
CREATE TABLE c (p integer REFERENCES p (id));

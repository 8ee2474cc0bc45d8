CREATE TABLE users (id integer PRIMARY KEY, email text, active boolean NOT NULL);

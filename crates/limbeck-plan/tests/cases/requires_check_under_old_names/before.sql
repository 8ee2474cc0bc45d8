CREATE TABLE users (id integer PRIMARY KEY, name text, born date, died date);

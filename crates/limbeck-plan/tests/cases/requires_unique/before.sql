CREATE TABLE users (tenant integer, email text, code text NOT NULL, part integer NOT NULL);

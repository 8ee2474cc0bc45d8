CREATE TABLE users (tenant integer, email text);

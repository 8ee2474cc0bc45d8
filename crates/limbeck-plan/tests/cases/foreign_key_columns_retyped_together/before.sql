CREATE TABLE p (id text PRIMARY KEY, CHECK (id <> ''));
CREATE TABLE c (p text REFERENCES p);

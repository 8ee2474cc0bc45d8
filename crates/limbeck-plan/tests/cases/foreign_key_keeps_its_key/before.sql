CREATE TABLE p (id bigint PRIMARY KEY, code text CONSTRAINT p_code UNIQUE, n integer);
CREATE TABLE c (code text REFERENCES p (code), id bigint REFERENCES p);

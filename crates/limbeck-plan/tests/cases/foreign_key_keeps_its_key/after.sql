CREATE TABLE p (id bigint CONSTRAINT p_id UNIQUE, code text, n integer NOT NULL PRIMARY KEY);
CREATE UNIQUE INDEX p_code ON p (code);
CREATE TABLE c (code text REFERENCES p (code), id bigint REFERENCES p (id));

CREATE TABLE p (id integer PRIMARY KEY, code text NOT NULL, CONSTRAINT p_code UNIQUE (code));
CREATE TABLE c (p integer REFERENCES p, code text REFERENCES p (code));
CREATE VIEW v AS SELECT id, code, count(*) FROM p GROUP BY id;
COMMENT ON CONSTRAINT p_pkey ON p IS 'key';

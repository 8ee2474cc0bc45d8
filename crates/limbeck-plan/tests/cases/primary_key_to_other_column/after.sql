-- seed: INSERT INTO p VALUES (1, 'x'); INSERT INTO c VALUES (1, 'x')
-- keeps: SELECT code FROM c
CREATE TABLE p (id integer NOT NULL, code text PRIMARY KEY, CONSTRAINT p_code UNIQUE (id));
CREATE TABLE c (p integer REFERENCES p (id), code text REFERENCES p);
CREATE VIEW v AS SELECT id, code, count(*) FROM p GROUP BY code;
COMMENT ON CONSTRAINT p_pkey ON p IS 'key';

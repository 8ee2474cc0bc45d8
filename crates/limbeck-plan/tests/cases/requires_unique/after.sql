-- seed: INSERT INTO users VALUES (NULL, NULL, 'a', 1), (NULL, NULL, 'a', 2), (1, 'a', 'a', 3)
-- refused: INSERT INTO users VALUES (1, 'a', 'a', 1), (2, 'a', 'a', 2)
-- refused: INSERT INTO users VALUES (1, 'a', 'a', 1), (1, 'b', 'a', 2)
-- refused: INSERT INTO users VALUES (1, 'a', 'a', 1), (2, 'b', 'a', 1)
-- keeps: SELECT * FROM users
CREATE TABLE users (
    tenant integer,
    email text,
    code text NOT NULL,
    part integer NOT NULL,
    CONSTRAINT users_email_key UNIQUE (email),
    CONSTRAINT users_tenant_code_key UNIQUE (tenant, code),
    CONSTRAINT users_code_part_key UNIQUE (code, part)
);

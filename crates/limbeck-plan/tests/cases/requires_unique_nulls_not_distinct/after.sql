-- since 15
-- seed: INSERT INTO users VALUES (1, NULL), (1, 'a')
-- refused: INSERT INTO users VALUES (1, NULL), (2, NULL)
-- keeps: SELECT * FROM users
CREATE TABLE users (
    tenant integer,
    email text,
    CONSTRAINT users_email_key UNIQUE NULLS NOT DISTINCT (email)
);
CREATE UNIQUE INDEX users_both ON users (tenant, email) NULLS NOT DISTINCT;

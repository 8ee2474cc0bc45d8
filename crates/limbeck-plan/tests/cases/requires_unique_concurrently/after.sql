-- concurrently
-- rename: column public.users.email = mail
-- seed: INSERT INTO users VALUES (1, 'a'), (2, 'b')
-- refused: INSERT INTO users VALUES (1, 'a'), (2, 'A')
-- keeps: SELECT email FROM users ORDER BY 1 => SELECT mail FROM users ORDER BY 1
CREATE TABLE users (id integer PRIMARY KEY, mail text, tenant integer DEFAULT 1);
CREATE UNIQUE INDEX users_mail ON users (lower(mail), tenant);

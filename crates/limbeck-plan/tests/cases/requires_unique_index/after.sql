-- seed: INSERT INTO users VALUES (1, 'a', true), (2, 'A', false), (3, NULL, true), (4, NULL, true)
-- refused: INSERT INTO users VALUES (1, 'a', true), (2, 'A', true)
-- refused: INSERT INTO users VALUES (101, 'a', false), (111, 'a', false)
-- refused: INSERT INTO users VALUES (1, 'a', false), (2, 'a', false)
-- keeps: SELECT * FROM users
CREATE TABLE users (id integer PRIMARY KEY, email text, active boolean NOT NULL);
CREATE UNIQUE INDEX users_active_email ON users (lower(email)) WHERE active;
CREATE UNIQUE INDEX users_email_c ON users (email COLLATE "C" DESC, (id % 10));
CREATE UNIQUE INDEX users_pattern ON users (email text_pattern_ops, active) WHERE id < 100;

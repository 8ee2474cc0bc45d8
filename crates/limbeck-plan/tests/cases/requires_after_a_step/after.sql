-- rename: column public.users.name = full_name
-- seed: INSERT INTO users VALUES (1, 'Anna', 'ok')
-- refused: INSERT INTO users VALUES (1, NULL, 'ok')
-- refused: INSERT INTO users VALUES (1, 'a', 'sad')
-- keeps: SELECT id, name, mood FROM users => SELECT id, full_name, mood FROM users
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE users (id integer PRIMARY KEY, full_name text NOT NULL, mood mood DEFAULT 'happy' CHECK (mood <> 'sad' OR mood = 'happy'));

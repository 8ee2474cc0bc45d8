-- seed: INSERT INTO people VALUES (1, 'ok', '{happy,ok}', 'sad'), (2, NULL, NULL, NULL)
-- refused: INSERT INTO people VALUES (1, 'sad', '{}', NULL)
-- refused: INSERT INTO people VALUES (1, 'ok', '{ok,it''s fine}', NULL)
-- refused: INSERT INTO dogs VALUES (1, 'it''s fine')
-- keeps: SELECT id, mood, moods FROM people ORDER BY id
CREATE TYPE mood AS ENUM ('happy', 'ok');
CREATE TABLE people (id integer PRIMARY KEY, mood mood DEFAULT 'ok', moods mood[]);
CREATE TABLE dogs (id integer PRIMARY KEY, mood mood NOT NULL);

-- removed: label public.mood.gloomy = sad
-- rename: table public.people = persons
-- rename: column public.people.mood = temper
-- seed: INSERT INTO people VALUES (1, 1, 'gloomy', 'gloomy', '{gloomy,NULL}'), (2, 2, 'sad', 'sad', '{sad,NULL}'), (3, 1, 'ok', NULL, NULL)
-- seed: INSERT INTO dogs VALUES (1, 'gloomy'), (0, 'ok'), (-1, 'ok')
-- refused: INSERT INTO people VALUES (1, 1, 'gloomy', NULL, NULL), (2, 1, 'sad', NULL, NULL)
-- refused: INSERT INTO people VALUES (1, 2, NULL, 'sad', NULL), (2, 2, NULL, 'gloomy', NULL)
-- refused: INSERT INTO dogs VALUES (0, 'gloomy')
-- refused: INSERT INTO dogs VALUES (1, 'sad'), (2, 'gloomy')
-- keeps: SELECT id, day, replace(mood::text, 'gloomy', 'sad'), replace(felt::text, 'gloomy', 'sad'), replace(moods::text, 'gloomy', 'sad') FROM people ORDER BY id => SELECT id, day, temper::text, felt::text, moods::text FROM persons ORDER BY id
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN feeling AS mood;
CREATE TABLE persons (id integer PRIMARY KEY, day integer NOT NULL, temper mood, felt feeling, moods mood[], UNIQUE (day, temper), UNIQUE (moods, id), UNIQUE (felt, day), EXCLUDE USING btree (temper WITH =, id WITH =));
CREATE TABLE dogs (day integer, mood mood, CONSTRAINT calm CHECK (mood <> 'sad' OR day > 0));
CREATE UNIQUE INDEX ON dogs (mood) WHERE mood < 'ok';
CREATE UNIQUE INDEX ON persons (felt) WHERE id > 100;

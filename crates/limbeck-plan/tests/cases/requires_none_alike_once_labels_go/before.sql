CREATE TYPE mood AS ENUM ('sad', 'gloomy', 'ok');
CREATE DOMAIN feeling AS mood;
CREATE TABLE people (id integer PRIMARY KEY, day integer NOT NULL, mood mood, felt feeling, moods mood[], UNIQUE (day, mood), UNIQUE (moods, id), UNIQUE (felt, day), EXCLUDE USING btree (mood WITH =, id WITH =));
CREATE TABLE dogs (day integer, mood mood, CONSTRAINT calm CHECK (mood <> 'sad' OR day > 0));
CREATE UNIQUE INDEX ON dogs (mood) WHERE mood < 'ok';
CREATE UNIQUE INDEX ON people (felt) WHERE id > 100;

CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s fine', 'happy');
CREATE TABLE people (id integer PRIMARY KEY, mood mood DEFAULT 'ok', moods mood[], gone mood);
CREATE TABLE dogs (id integer PRIMARY KEY, mood mood NOT NULL);

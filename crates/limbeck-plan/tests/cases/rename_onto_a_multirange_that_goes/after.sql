-- rename: type public.mood = many
CREATE TYPE many AS ENUM ('a');
CREATE TABLE t (a many);

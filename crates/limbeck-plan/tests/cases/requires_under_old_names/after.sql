-- rename: table public.users = people
-- rename: column public.users.name = column public.people.full_name
-- rename: column public.users."E-mail" = column public.people.email
-- rename: column public.users.boss = column public.people.chief
-- rename: type public.mood = feeling
-- seed: INSERT INTO users VALUES (1, 'Anna', 'a', 1, NULL)
-- refused: INSERT INTO users VALUES (1, NULL)
-- refused: INSERT INTO users VALUES (1, 'a', 'a'), (2, 'b', 'a')
-- refused: INSERT INTO users VALUES (1, 'a', 'a', 2)
-- refused: INSERT INTO users VALUES (1, 'a', 'a', 1, 'sad')
CREATE TYPE feeling AS ENUM ('fine');
CREATE TABLE people (
    id integer PRIMARY KEY,
    full_name text NOT NULL CHECK (full_name <> ''),
    email text UNIQUE,
    chief integer REFERENCES people,
    mood feeling
);
CREATE UNIQUE INDEX people_lower ON people (lower(full_name), id) WHERE email > '';

-- rename: table public.users = people
-- rename: column public.users.name = column public.people.full_name
-- rename: column public.users.died = column public.people.gone
-- seed: INSERT INTO users VALUES (1, 'Anna', '2000-01-01', NULL)
-- refused: INSERT INTO users VALUES (1, '', NULL, NULL)
-- refused: INSERT INTO users VALUES (1, 'a', '2000-01-01', '1999-01-01')
-- refused: INSERT INTO users VALUES (1, 'a', '2000-01-01'), (2, 'A', '2000-01-01')
-- keeps: SELECT id, name, born, died FROM users => SELECT id, full_name, born, gone FROM people
CREATE TABLE people (
    id integer PRIMARY KEY,
    full_name text CHECK (full_name <> ''),
    born date,
    gone date,
    CHECK (born <= gone)
);
CREATE UNIQUE INDEX people_lower ON people (lower(full_name), born) WHERE gone IS NULL;

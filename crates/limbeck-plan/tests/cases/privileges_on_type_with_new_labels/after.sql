-- role: reader
CREATE TYPE e AS ENUM ('a', 'b');
GRANT USAGE ON TYPE e TO reader;

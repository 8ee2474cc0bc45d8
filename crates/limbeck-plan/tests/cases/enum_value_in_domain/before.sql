-- A new label, and what uses it: a domain's check and default, a composite type's column.
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE DOMAIN feeling AS mood DEFAULT 'sad' CHECK (VALUE <> 'happy');
CREATE TYPE person AS (m mood);
CREATE TABLE t (f feeling, p person DEFAULT ROW('sad'));

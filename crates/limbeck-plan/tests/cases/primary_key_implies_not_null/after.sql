-- fill: public.u.id = 7
-- seed: INSERT INTO u VALUES (NULL)
CREATE TABLE t (id bigint PRIMARY KEY, a integer NOT NULL, b integer);
CREATE TABLE u (id bigint PRIMARY KEY);
CREATE TABLE w (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);

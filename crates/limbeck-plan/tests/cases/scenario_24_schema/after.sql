CREATE SCHEMA app;
CREATE TABLE app.p (id integer PRIMARY KEY);
CREATE TABLE public.c (p integer REFERENCES app.p);
COMMENT ON SCHEMA app IS 'ours';

CREATE DOMAIN a AS integer;
CREATE DOMAIN b AS integer NOT NULL;
CREATE TABLE t (id integer, a a, "B" b);

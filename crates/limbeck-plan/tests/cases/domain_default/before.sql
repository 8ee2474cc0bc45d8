-- A default alone, in place.
CREATE DOMAIN a AS integer DEFAULT 1;
CREATE DOMAIN b AS integer;
CREATE DOMAIN c AS integer DEFAULT 3;
CREATE TABLE t (a a, b b, c c);

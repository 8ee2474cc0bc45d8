-- fill: public.t.a = 0
-- fill: public.t.d = 1.5
-- fill down: public.t.c = ''
CREATE TABLE p (id bigint PRIMARY KEY);
CREATE TABLE t (id bigint PRIMARY KEY, a bigint NOT NULL DEFAULT 4, b varchar(30), c text, d numeric(10,2) NOT NULL, f text, p bigint REFERENCES p, CONSTRAINT k2 CHECK (b <> ''), UNIQUE (c));
CREATE INDEX i2 ON t (a, b);

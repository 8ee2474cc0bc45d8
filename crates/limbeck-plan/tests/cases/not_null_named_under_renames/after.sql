-- since 18
-- rename: table s.t = u
-- rename: column s.t.a = column s.u."A"
CREATE SCHEMA s;
CREATE TABLE s.u ("A" integer CONSTRAINT "A there" NOT NULL, b integer CONSTRAINT later NOT NULL, c bigint NOT NULL);

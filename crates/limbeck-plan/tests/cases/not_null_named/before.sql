CREATE TABLE t (a integer CONSTRAINT a_there NOT NULL, b integer NOT NULL, c integer, d integer CONSTRAINT "D there" NOT NULL);
CREATE TABLE gone (a integer CONSTRAINT gone_there NOT NULL);

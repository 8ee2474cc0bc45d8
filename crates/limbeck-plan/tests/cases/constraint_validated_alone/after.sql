CREATE TABLE p (id bigint PRIMARY KEY);
CREATE TABLE t (a integer, p bigint, CONSTRAINT later CHECK (a > 0), CONSTRAINT "Later" FOREIGN KEY (p) REFERENCES p);

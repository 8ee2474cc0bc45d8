-- since 18
CREATE TABLE p (id int4range, during daterange, PRIMARY KEY (id, during WITHOUT OVERLAPS));
CREATE TABLE c (id int4range, during daterange, CONSTRAINT g FOREIGN KEY (id, PERIOD during) REFERENCES p);
CREATE TABLE d (id int4range, during daterange, CONSTRAINT f FOREIGN KEY (id, PERIOD during) REFERENCES p DEFERRABLE NOT ENFORCED);

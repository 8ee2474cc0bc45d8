-- since 15
CREATE TABLE parent (id integer PRIMARY KEY, n bigint);
CREATE TABLE child (id integer PRIMARY KEY) INHERITS (parent);
CREATE TABLE other (id integer PRIMARY KEY);
CREATE PUBLICATION p FOR TABLE ONLY child (id, n), other;
CREATE PUBLICATION q FOR TABLE ONLY parent WHERE (n > 1), child WHERE (n > 2), other;

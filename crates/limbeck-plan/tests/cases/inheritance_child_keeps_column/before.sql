CREATE TABLE p (a integer, b text);
CREATE TABLE c (b text) INHERITS (p);
CREATE TABLE d () INHERITS (p);

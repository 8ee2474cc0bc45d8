CREATE TABLE p (a integer, b text); CREATE TABLE c () INHERITS (p); CREATE TABLE d () INHERITS (p);

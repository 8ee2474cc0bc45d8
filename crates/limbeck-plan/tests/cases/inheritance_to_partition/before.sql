CREATE TABLE p (a integer, b text); CREATE TABLE c (a integer, b text) INHERITS (p);

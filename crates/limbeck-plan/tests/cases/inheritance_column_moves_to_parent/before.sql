CREATE TABLE p (a integer); CREATE TABLE c (b text) INHERITS (p);

CREATE TABLE p (a integer, b text DEFAULT 'x' NOT NULL, CONSTRAINT positive CHECK (a > 0));
CREATE TABLE q (a integer, d date);
CREATE TABLE c (a integer, b text NOT NULL, d date, CONSTRAINT positive CHECK (a > 0)); CREATE TABLE d (a integer, d date) INHERITS (q);

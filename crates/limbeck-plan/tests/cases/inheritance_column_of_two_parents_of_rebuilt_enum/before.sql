CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE p (feels mood DEFAULT 'ok');
CREATE TABLE q (feels mood DEFAULT 'ok');
CREATE TABLE c (feels mood DEFAULT 'ok') INHERITS (p, q);

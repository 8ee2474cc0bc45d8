CREATE SCHEMA "My ext";
CREATE EXTENSION citext SCHEMA "My ext" VERSION '1.5';
CREATE TABLE t (a "My ext".citext);

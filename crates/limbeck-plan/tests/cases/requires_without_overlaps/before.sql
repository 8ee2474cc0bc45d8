CREATE EXTENSION btree_gist;
CREATE TABLE room (number integer NOT NULL, at daterange NOT NULL);
CREATE TABLE guest (name text, room integer, at daterange);
CREATE TABLE many (id integer, at datemultirange);

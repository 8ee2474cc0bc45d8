CREATE TABLE p (a integer, b text, c integer, PRIMARY KEY (a, b));
CREATE TABLE simple (a integer, b text);
CREATE TABLE whole (a integer, b text);

CREATE TABLE top (id integer);
CREATE TABLE left_one () INHERITS (top);
CREATE TABLE right_one () INHERITS (top);
CREATE TABLE bottom () INHERITS (left_one, right_one);

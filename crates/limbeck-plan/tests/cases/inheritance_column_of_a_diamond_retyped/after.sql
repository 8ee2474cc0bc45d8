-- seed: INSERT INTO bottom VALUES (1)
-- keeps: SELECT * FROM top
CREATE TABLE top (id bigint);
CREATE TABLE left_one () INHERITS (top);
CREATE TABLE right_one () INHERITS (top);
CREATE TABLE bottom () INHERITS (left_one, right_one);

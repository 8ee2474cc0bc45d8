CREATE TABLE z (id integer PRIMARY KEY);
CREATE TABLE a (id integer PRIMARY KEY, b_id integer, z_id integer REFERENCES z);
CREATE TABLE b (id integer PRIMARY KEY, c_id integer);
CREATE TABLE c (id integer PRIMARY KEY, a_id integer REFERENCES a);
ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b;
ALTER TABLE b ADD FOREIGN KEY (c_id) REFERENCES c;
ALTER TABLE z ADD a_id integer REFERENCES a;

CREATE TABLE x (id integer PRIMARY KEY, y_id integer);
CREATE TABLE y (id integer PRIMARY KEY, x_id integer REFERENCES x, self_id integer REFERENCES y);
ALTER TABLE x ADD FOREIGN KEY (y_id) REFERENCES y;

CREATE TABLE booking (id integer PRIMARY KEY, room int4range, "During" tsrange, gone boolean NOT NULL DEFAULT false);
CREATE TABLE seat (id integer PRIMARY KEY, place text, taken boolean);
CREATE TABLE circles (c circle);
CREATE TABLE moment (starts timestamp, ends timestamp);

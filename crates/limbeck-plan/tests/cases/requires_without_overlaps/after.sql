-- since 18
-- seed: INSERT INTO room VALUES (1, '[2020-01-01,2020-02-01)'), (1, '[2020-02-01,2020-03-01)'), (2, '[2020-01-01,2020-02-01)')
-- seed: INSERT INTO guest VALUES ('a', 1, '[2020-01-20,2020-02-10)'), ('b', NULL, '[1999-01-01,)'), ('c', 7, NULL)
-- refused: INSERT INTO room VALUES (1, '[2020-01-01,2020-02-01)'), (1, '[2020-01-30,2020-03-01)')
-- refused: INSERT INTO room VALUES (1, 'empty')
-- refused: INSERT INTO guest VALUES ('a', 1, '[2020-01-01,2020-01-02)')
-- refused: INSERT INTO many VALUES (1, '{[2020-01-01,2020-02-01), [2020-03-01,2020-04-01)}'), (1, '{[2020-03-10,2020-03-11)}')
CREATE EXTENSION btree_gist;
CREATE TABLE room (number integer NOT NULL, at daterange NOT NULL, CONSTRAINT room_pkey PRIMARY KEY (number, at WITHOUT OVERLAPS));
CREATE TABLE guest (name text, room integer, at daterange, CONSTRAINT stays FOREIGN KEY (room, PERIOD at) REFERENCES room (number, PERIOD at));
CREATE TABLE many (id integer, at datemultirange, CONSTRAINT many_apart UNIQUE (id, at WITHOUT OVERLAPS));

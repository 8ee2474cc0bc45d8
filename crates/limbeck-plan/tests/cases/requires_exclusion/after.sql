-- rename: column public.booking."During" = at
-- seed: INSERT INTO booking (id, room, "During") VALUES (1, '[1,2)', '[2020-01-01, 2020-01-03)'), (2, '[2,3)', '[2020-01-03, 2020-01-04)'), (3, NULL, NULL), (4, 'empty', 'empty')
-- seed: INSERT INTO booking (id, room, "During", gone) VALUES (5, '[10,20)', '[2020-01-02, 2020-01-04)', true)
-- refused: INSERT INTO booking (id, room, "During") VALUES (1, '[1,2)', '[2020-01-01, 2020-01-03)'), (2, '[12,13)', '[2020-01-02, 2020-01-05)')
-- refused: INSERT INTO booking (id, room) VALUES (1, '[1,5)'), (2, '[6,7)'), (3, '[4,6)')
-- refused: INSERT INTO moment VALUES ('2020-01-01', '2020-01-03'), ('2020-01-02', '2020-01-05')
-- refused: INSERT INTO seat VALUES (1, 'a', true), (2, 'a', true), (3, 'a', false)
CREATE TABLE booking (id integer PRIMARY KEY, room int4range, at tsrange, gone boolean NOT NULL DEFAULT false,
    CONSTRAINT apart EXCLUDE USING gist (at WITH &&) WHERE (NOT gone),
    CONSTRAINT rooms EXCLUDE USING gist (room WITH &&));
CREATE TABLE seat (id integer PRIMARY KEY, place text, taken boolean, CONSTRAINT one EXCLUDE USING btree (place WITH =) WHERE (taken));
CREATE TABLE circles (c circle, EXCLUDE USING gist (c WITH &&));
CREATE TABLE moment (starts timestamp, ends timestamp, CONSTRAINT moments EXCLUDE USING gist (tsrange(starts, ends) WITH &&));

CREATE TABLE room (id int4range, during daterange, CONSTRAINT room_pkey PRIMARY KEY (id, during WITHOUT OVERLAPS));
CREATE TABLE stay (id int4range, during daterange,
    CONSTRAINT stay_fkey FOREIGN KEY (id, PERIOD during) REFERENCES room (id, PERIOD during));

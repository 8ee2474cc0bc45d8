CREATE TABLE room (id int4range, during daterange, CONSTRAINT room_pkey PRIMARY KEY (id, during));
CREATE TABLE stay (id int4range, during daterange);

CREATE TABLE t (id int4range, during daterange, CONSTRAINT once EXCLUDE USING gist (id WITH =, during WITH &&));
CREATE TABLE u (id int4range, during daterange, CONSTRAINT u_key UNIQUE (id, during WITHOUT OVERLAPS) WITH (fillfactor = 70));

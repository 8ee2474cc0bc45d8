CREATE TABLE t (a integer, during daterange, note text,
    CONSTRAINT once EXCLUDE USING gist (during WITH &&) WHERE (a > 0),
    CONSTRAINT twice EXCLUDE USING btree (a WITH =) INCLUDE (note) WITH (fillfactor = 80));

CREATE TABLE t (a integer, during daterange, note text,
    CONSTRAINT once EXCLUDE USING gist (during WITH &&) WHERE (a > 1),
    CONSTRAINT twice EXCLUDE USING btree (a WITH =) INCLUDE (note) WITH (fillfactor = 90),
    CONSTRAINT "Thrice" EXCLUDE USING btree (lower(note) COLLATE "C" text_pattern_ops DESC WITH =) DEFERRABLE);

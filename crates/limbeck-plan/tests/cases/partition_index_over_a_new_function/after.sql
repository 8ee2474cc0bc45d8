CREATE FUNCTION folded(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT pg_catalog.lower(name) $$;
CREATE TABLE events (k integer NOT NULL, name text) PARTITION BY RANGE (k);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (100);
CREATE INDEX first_by_name ON events_1 (folded(name));
CREATE INDEX events_by_name ON events (folded(name));

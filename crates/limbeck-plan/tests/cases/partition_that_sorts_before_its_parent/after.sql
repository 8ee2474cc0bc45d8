CREATE TABLE events (k integer NOT NULL, name text) PARTITION BY RANGE (k);
CREATE TABLE a_part PARTITION OF events FOR VALUES FROM (0) TO (100);
CREATE INDEX first_by_name ON a_part (name);
CREATE INDEX events_by_name ON events (name);

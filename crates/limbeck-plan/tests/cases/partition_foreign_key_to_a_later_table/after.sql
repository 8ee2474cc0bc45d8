CREATE TABLE zones (id integer PRIMARY KEY);
CREATE TABLE events (k integer NOT NULL, zone integer) PARTITION BY RANGE (k);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (100);
ALTER TABLE events_1 ADD CONSTRAINT first_zone FOREIGN KEY (zone) REFERENCES zones;
ALTER TABLE events ADD CONSTRAINT events_zone_fkey FOREIGN KEY (zone) REFERENCES zones;

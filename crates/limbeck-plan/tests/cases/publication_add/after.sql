CREATE TABLE a (id integer PRIMARY KEY, n integer);
CREATE TABLE "B" (id integer PRIMARY KEY);
CREATE TABLE c (id integer PRIMARY KEY);
CREATE PUBLICATION nothing;
CREATE PUBLICATION "Some of it" FOR TABLE a, "B" WITH (publish = 'insert, truncate', publish_via_partition_root = true);
CREATE PUBLICATION everything FOR ALL TABLES;
COMMENT ON PUBLICATION everything IS 'All';

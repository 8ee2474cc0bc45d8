CREATE TABLE a (id integer PRIMARY KEY, n integer);
CREATE TABLE "B" (id integer PRIMARY KEY);
CREATE TABLE c (id integer PRIMARY KEY);
CREATE PUBLICATION tables FOR TABLE a, c WITH (publish = 'delete');
CREATE PUBLICATION options FOR TABLE a WITH (publish_via_partition_root = true);
CREATE PUBLICATION everything FOR TABLE a;
CREATE PUBLICATION more FOR ALL TABLES;
COMMENT ON PUBLICATION everything IS 'Kept';

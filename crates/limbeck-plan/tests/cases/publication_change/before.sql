CREATE TABLE a (id integer PRIMARY KEY, n integer);
CREATE TABLE "B" (id integer PRIMARY KEY);
CREATE TABLE c (id integer PRIMARY KEY);
CREATE PUBLICATION tables FOR TABLE a, "B";
CREATE PUBLICATION options FOR TABLE a WITH (publish = 'insert');
CREATE PUBLICATION everything FOR ALL TABLES;
CREATE PUBLICATION more FOR ALL TABLES WITH (publish_via_partition_root = true);
COMMENT ON PUBLICATION everything IS 'Kept';

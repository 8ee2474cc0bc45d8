CREATE TABLE t (id integer, a integer);
CREATE UNIQUE INDEX "T id" ON t (id);
ALTER TABLE t CLUSTER ON "T id";

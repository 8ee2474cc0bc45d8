-- seed: INSERT INTO keys VALUES (1)
-- seed: INSERT INTO parents VALUES (1, 1, 'x')
-- seed: INSERT INTO children VALUES (7, 1, 'x', 1)
-- seed: INSERT INTO measured VALUES (1, '2024-05-01', 1)
-- refused: INSERT INTO parents VALUES (2)
-- refused: INSERT INTO measured VALUES (2, '2025-05-01')
-- refused: INSERT INTO more_keys VALUES (3); INSERT INTO parents VALUES (3)
-- keeps: SELECT * FROM measured
CREATE TABLE parents (id integer, a integer, b text);
CREATE TABLE children (c integer) INHERITS (parents);
CREATE TABLE measured (id integer NOT NULL, day date NOT NULL, a integer) PARTITION BY RANGE (day);
CREATE TABLE measured_2024 PARTITION OF measured FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE measured_2025 PARTITION OF measured FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE keys (id integer PRIMARY KEY);
CREATE TABLE more_keys () INHERITS (keys);
ALTER TABLE parents ADD FOREIGN KEY (id) REFERENCES keys;
ALTER TABLE measured ADD FOREIGN KEY (id) REFERENCES keys;

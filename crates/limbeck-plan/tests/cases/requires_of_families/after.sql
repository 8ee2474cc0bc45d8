-- seed: INSERT INTO parents VALUES (1, 1, 'x')
-- seed: INSERT INTO children VALUES (1, 1, '', 1), (1, 1, 'y', 1)
-- seed: INSERT INTO measured VALUES (1, '2024-05-01', 1), (1, '2025-05-01', 1)
-- refused: INSERT INTO children VALUES (1, NULL, 'x', 1)
-- refused: INSERT INTO children VALUES (1, -1, 'x', 1)
-- refused: INSERT INTO parents VALUES (1, 1, 'x'), (1, 1, 'x')
-- refused: INSERT INTO parents VALUES (1, 1, '')
-- refused: INSERT INTO measured VALUES (1, '2025-05-01', NULL)
-- refused: INSERT INTO measured VALUES (1, '2025-05-01', 1), (1, '2025-05-01', 2)
-- keeps: SELECT * FROM parents ORDER BY 1, 2, 3
-- keeps: SELECT * FROM measured ORDER BY 1, 2
CREATE TABLE parents (id integer UNIQUE, a integer NOT NULL CHECK (a > 0), b text);
ALTER TABLE parents ADD CONSTRAINT b_given CHECK (b <> '') NO INHERIT;
CREATE TABLE children (c integer) INHERITS (parents);
CREATE TABLE measured (id integer NOT NULL, day date NOT NULL, a integer NOT NULL, UNIQUE (id, day)) PARTITION BY RANGE (day);
CREATE TABLE measured_2024 PARTITION OF measured FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE measured_2025 PARTITION OF measured FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');

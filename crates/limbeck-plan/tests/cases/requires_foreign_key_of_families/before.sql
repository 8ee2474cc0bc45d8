CREATE TABLE parents (id integer, a integer, b text);
CREATE TABLE children (c integer) INHERITS (parents);
CREATE TABLE measured (id integer NOT NULL, day date NOT NULL, a integer) PARTITION BY RANGE (day);
CREATE TABLE measured_2024 PARTITION OF measured FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE measured_2025 PARTITION OF measured FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE keys (id integer PRIMARY KEY);
CREATE TABLE more_keys () INHERITS (keys);

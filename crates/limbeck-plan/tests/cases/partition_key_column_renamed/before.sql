CREATE TABLE t (a text, b integer, c text) PARTITION BY RANGE (a, lower(c)); CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM ('a', 'a') TO ('b', 'a');

-- rename: column public.p.renamed = other
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s FOREIGN DATA WRAPPER w;
CREATE TABLE p (id integer NOT NULL, kind text, other text NOT NULL, retyped bigint DEFAULT 4, added text DEFAULT 'x',
    CONSTRAINT c CHECK (id > 1), CONSTRAINT d CHECK (retyped > 0)) PARTITION BY LIST (kind);
CREATE TABLE here PARTITION OF p FOR VALUES IN ('here');
CREATE FOREIGN TABLE there PARTITION OF p FOR VALUES IN ('there') SERVER s OPTIONS (a 'b');
CREATE TABLE below PARTITION OF p FOR VALUES IN ('below', 'far below') PARTITION BY LIST (kind);
CREATE FOREIGN TABLE far_below PARTITION OF below FOR VALUES IN ('far below') SERVER s;
CREATE INDEX p_other_idx ON p (other);

CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s FOREIGN DATA WRAPPER w;
CREATE SERVER s2 FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE t (
    id integer,
    retyped bigint DEFAULT 5,
    shorter varchar(5),
    renamed_there text OPTIONS (column_name 'c', other 'y'),
    given integer NOT NULL DEFAULT 2,
    added text OPTIONS (column_name 'new') COLLATE "C" NOT NULL DEFAULT now()::text,
    CONSTRAINT c CHECK (id > 1),
    CONSTRAINT d CHECK (retyped > 0)
) SERVER s OPTIONS (schema_name 'x', table_name 'z');

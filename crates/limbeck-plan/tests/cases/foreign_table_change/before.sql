CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s FOREIGN DATA WRAPPER w;
CREATE SERVER s2 FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE t (
    id integer OPTIONS (column_name 'a') NOT NULL,
    retyped integer DEFAULT 3,
    shorter text,
    renamed_there text OPTIONS (column_name 'b', more 'x'),
    gone integer,
    given integer,
    CONSTRAINT c CHECK (id > 0),
    CONSTRAINT d CHECK (retyped > 0)
) SERVER s OPTIONS (table_name 'y', updatable 'false');

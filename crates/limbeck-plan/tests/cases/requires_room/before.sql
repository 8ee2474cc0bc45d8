CREATE TABLE t (
    id integer PRIMARY KEY,
    a text,
    b varchar(20),
    c char(10),
    d bigint,
    e integer,
    f numeric(10,2),
    g numeric
);

-- rename: column public.p.name = label
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s FOREIGN DATA WRAPPER w;
CREATE TABLE p (id bigint NOT NULL, label text DEFAULT 'none', more text, CONSTRAINT c CHECK (id > 0), CONSTRAINT d CHECK (more <> ''));
CREATE FOREIGN TABLE stays (id bigint, own text OPTIONS (a 'b')) INHERITS (p) SERVER s OPTIONS (c 'd');
CREATE FOREIGN TABLE comes (id bigint NOT NULL, own text, label text DEFAULT 'none', more text,
    CONSTRAINT c CHECK (id > 0), CONSTRAINT d CHECK (more <> '')) SERVER s;
ALTER FOREIGN TABLE comes INHERIT p;
CREATE FOREIGN TABLE goes (id bigint NOT NULL, label text, CONSTRAINT c CHECK (id > 0)) SERVER s;
CREATE FOREIGN TABLE above (x integer) SERVER s;
CREATE TABLE under (y integer) INHERITS (above);
CREATE FOREIGN TABLE far_under (z integer) INHERITS (above) SERVER s;

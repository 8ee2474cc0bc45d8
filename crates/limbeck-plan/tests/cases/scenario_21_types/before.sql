CREATE TABLE t (a varchar(50) DEFAULT 'x', b numeric(10,2) DEFAULT 1, c timestamp(6) DEFAULT '2020-01-01', d text, e integer[] DEFAULT '{}');

CREATE TABLE p (at date, n integer) PARTITION BY RANGE (at);
CREATE TABLE old (at date, n integer);
CREATE TABLE rest PARTITION OF p DEFAULT;
CREATE TABLE l (kind text, n integer) PARTITION BY LIST (kind);
CREATE TABLE l_a (kind text, n integer);
CREATE TABLE h (id integer) PARTITION BY HASH (id);
CREATE TABLE h_0 (id integer);
CREATE TABLE r (a integer, b integer) PARTITION BY RANGE (a, b);
CREATE TABLE r_1 (a integer, b integer);

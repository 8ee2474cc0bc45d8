-- rename: sequence public.s = t_id_seq
CREATE TABLE t (id integer, a integer);
CREATE SEQUENCE t_id_seq;

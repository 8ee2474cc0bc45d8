CREATE TABLE t (a serial);
CREATE TABLE u (b integer DEFAULT nextval('t_a_seq'));

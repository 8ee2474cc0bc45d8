CREATE TABLE z (a integer);
CREATE TABLE t (a serial);
CREATE TABLE u (b serial, c integer DEFAULT nextval('t_a_seq'));
ALTER TABLE t ADD c integer DEFAULT nextval('u_b_seq');

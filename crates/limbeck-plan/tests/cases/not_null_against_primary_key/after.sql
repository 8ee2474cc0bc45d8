-- since 18
CREATE TABLE t (id bigint CONSTRAINT given NOT NULL, a integer);
CREATE TABLE u (id bigint, a integer, CONSTRAINT u_pkey PRIMARY KEY (id));
CREATE TABLE w (id bigint CONSTRAINT "Given" NOT NULL, a integer, CONSTRAINT w_pkey PRIMARY KEY (id));
COMMENT ON CONSTRAINT "Given" ON w IS 'before the key';

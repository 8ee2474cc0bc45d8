CREATE EXTENSION file_fdw;
CREATE EXTENSION postgres_fdw;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE SERVER there FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'i', port '5433', fetch_size '100');
CREATE FOREIGN TABLE t (id bigint, n text OPTIONS (force_null 'true')) SERVER files OPTIONS (filename '/tmp/y', format 'csv', header 'true');
CREATE FOREIGN TABLE u (id integer, more text OPTIONS (column_name 'y')) SERVER there OPTIONS (table_name 't', updatable 'false');

CREATE EXTENSION file_fdw;
CREATE EXTENSION postgres_fdw;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE SERVER there FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'h');
CREATE FOREIGN TABLE t (id integer, n text OPTIONS (force_not_null 'true')) SERVER files OPTIONS (filename '/tmp/x', format 'csv');
CREATE FOREIGN TABLE u (id integer OPTIONS (column_name 'x')) SERVER there OPTIONS (schema_name 's', table_name 't');

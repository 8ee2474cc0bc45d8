-- role: reader
-- role: writer
CREATE SCHEMA app;
GRANT CREATE, USAGE ON SCHEMA app TO writer;
CREATE SCHEMA "New one";
GRANT USAGE ON SCHEMA "New one" TO PUBLIC;

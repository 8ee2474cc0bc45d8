-- rename: function public.e() = watch
-- rename: event trigger a = A
CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER "A" ON ddl_command_end EXECUTE FUNCTION watch();

-- role: reader
CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer);
GRANT EXECUTE ON FUNCTION total(integer) TO reader;
CREATE AGGREGATE rows_seen(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '0');
REVOKE EXECUTE ON FUNCTION rows_seen() FROM PUBLIC;

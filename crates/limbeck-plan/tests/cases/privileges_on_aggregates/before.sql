CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer);
REVOKE EXECUTE ON FUNCTION total(integer) FROM PUBLIC;

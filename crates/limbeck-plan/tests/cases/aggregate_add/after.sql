CREATE FUNCTION add(a integer, b integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT a + coalesce(b, 0)';
CREATE FUNCTION "Take out"(a integer, b integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT a - coalesce(b, 0)';
CREATE FUNCTION show(a integer) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT a::text';
CREATE FUNCTION show_with(a integer, b integer) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT a::text';
CREATE FUNCTION one_more(a bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT a + 1';
CREATE AGGREGATE total(integer) (SFUNC = add, STYPE = integer, INITCOND = '0', COMBINEFUNC = add, PARALLEL = SAFE);
CREATE AGGREGATE "Total in words"(amount integer) (SFUNC = add, STYPE = integer, SSPACE = 64, INITCOND = '0',
    FINALFUNC = show_with, FINALFUNC_EXTRA, FINALFUNC_MODIFY = SHAREABLE,
    MSFUNC = add, MINVFUNC = "Take out", MSTYPE = integer, MSSPACE = 32, MINITCOND = '0', MFINALFUNC = show,
    MFINALFUNC_MODIFY = READ_WRITE);
CREATE AGGREGATE rows(*) (SFUNC = one_more, STYPE = bigint, INITCOND = '0', PARALLEL = RESTRICTED);
CREATE AGGREGATE least_of(integer) (SFUNC = int4smaller, STYPE = integer, SORTOP = <);
CREATE AGGREGATE middle(double precision ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal,
    FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);
CREATE AGGREGATE place(VARIADIC "any" ORDER BY VARIADIC "any") (SFUNC = ordered_set_transition_multi, STYPE = internal,
    FINALFUNC = rank_final, FINALFUNC_EXTRA, HYPOTHETICAL);
CREATE AGGREGATE mean(numeric) (SFUNC = numeric_avg_accum, STYPE = internal, FINALFUNC = numeric_avg,
    COMBINEFUNC = numeric_avg_combine, SERIALFUNC = numeric_avg_serialize, DESERIALFUNC = numeric_avg_deserialize);
COMMENT ON AGGREGATE rows(*) IS 'How many';
COMMENT ON AGGREGATE middle(double precision ORDER BY anyelement) IS 'The middle';
CREATE VIEW totals AS SELECT total(n), rows(*), middle(0.5) WITHIN GROUP (ORDER BY n) AS middle FROM (VALUES (1), (2)) AS t (n);

-- Eight characters to join a household by, none of which is mistaken for another.
CREATE FUNCTION invite_code() RETURNS text
    LANGUAGE sql VOLATILE
AS $$
    SELECT string_agg(substr('23456789ABCDEFGHJKLMNPQRSTUVWXYZ', 1 + floor(random() * 32)::integer, 1), '')
    FROM generate_series(1, 8)
$$;

-- Notes when a row was changed.
CREATE FUNCTION touch() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

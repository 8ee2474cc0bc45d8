-- One counter for the invoices of all regions.
CREATE SEQUENCE billing.invoice_numbers AS bigint;

-- For whom the session speaks: NULL where it has not said so, and then no row is anybody's.
CREATE FUNCTION app.current_tenant() RETURNS bigint
    LANGUAGE sql STABLE
    RETURN nullif(current_setting('app.tenant_id', true), '')::bigint;

-- Keeps what is done to a tenant's rows.
CREATE FUNCTION audit.note() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    changed jsonb := to_jsonb(coalesce(NEW, OLD));
BEGIN
    INSERT INTO audit.events (tenant_id, action, row)
    VALUES ((changed ->> 'tenant_id')::bigint, TG_OP || ' ' || TG_TABLE_NAME, changed);
    RETURN NULL;
END
$$;

CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON app.rooms
    FOR EACH ROW EXECUTE FUNCTION audit.note();
CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON app.bookings
    FOR EACH ROW EXECUTE FUNCTION audit.note();

-- The role of the application. It owns nothing, and so the policies hold for it.
GRANT USAGE ON SCHEMA app, audit, billing TO tenants_web;
GRANT SELECT ON app.tenants, audit.events, billing.invoices, app.agenda, app.use_of_rooms TO tenants_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON app.members, app.rooms, app.bookings TO tenants_web;
GRANT SELECT, INSERT ON app.readings TO tenants_web;

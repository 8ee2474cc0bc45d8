-- A tenant's own rows, to read and to write.
CREATE POLICY own ON app.tenants USING (id = app.current_tenant());
CREATE POLICY own ON app.members USING (tenant_id = app.current_tenant());
CREATE POLICY own ON app.rooms USING (tenant_id = app.current_tenant());
CREATE POLICY own ON app.bookings USING (tenant_id = app.current_tenant());
CREATE POLICY own ON app.readings USING (tenant_id = app.current_tenant());
CREATE POLICY own ON billing.invoices FOR SELECT USING (tenant_id = app.current_tenant());

-- Whoever changes a row of a tenant writes its log; nobody changes it afterwards.
CREATE POLICY own ON audit.events FOR SELECT USING (tenant_id = app.current_tenant());
CREATE POLICY note ON audit.events FOR INSERT WITH CHECK (tenant_id = app.current_tenant());

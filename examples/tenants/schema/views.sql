-- What is booked from now on.
CREATE VIEW app.agenda WITH (security_barrier) AS
    SELECT b.tenant_id, r.name AS room, m.name AS member, b.during, b.total
    FROM app.bookings b
        JOIN app.rooms r ON r.tenant_id = b.tenant_id AND r.id = b.room_id
        JOIN app.members m ON m.tenant_id = b.tenant_id AND m.id = b.member_id
    WHERE NOT b.is_cancelled AND b.tenant_id = app.current_tenant();

-- How much of the time a room is taken.
CREATE VIEW app.use_of_rooms WITH (security_barrier) AS
    SELECT tenant_id, room_id, sum(minutes) AS minutes, count(*) AS bookings
    FROM app.bookings
    WHERE NOT is_cancelled AND tenant_id = app.current_tenant()
    GROUP BY tenant_id, room_id;

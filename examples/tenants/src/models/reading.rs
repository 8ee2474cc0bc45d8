//! What the thermometers say.

use jiff::Timestamp;
use limbeck::Table;

use super::Room;

/// A temperature in a room. There are many; each tenant's are in one of four partitions.
#[derive(Table, Debug, Clone)]
#[table(name = "readings", schema = "app", comments, row_security = forced)]
#[table(primary_key(tenant_id, room_id, at), partition_by = hash(tenant_id))]
#[table(partition(name = "readings_0", values = "WITH (MODULUS 4, REMAINDER 0)"))]
#[table(partition(name = "readings_1", values = "WITH (MODULUS 4, REMAINDER 1)"))]
#[table(partition(name = "readings_2", values = "WITH (MODULUS 4, REMAINDER 2)"))]
#[table(partition(name = "readings_3", values = "WITH (MODULUS 4, REMAINDER 3)"))]
#[table(foreign_key(columns(tenant_id, room_id), references = Room(tenant_id, id), on_delete = cascade))]
pub struct Reading {
    #[column(default = sql("app.current_tenant()"))]
    pub tenant_id: i64,
    pub room_id: i64,
    pub at: Timestamp,
    pub celsius: f32,
}

//! The tables, one file each.

pub mod booking;
pub mod event;
pub mod invoice;
pub mod member;
pub mod reading;
pub mod room;
pub mod tenant;

pub use booking::Booking;
pub use event::Event;
pub use invoice::Invoice;
pub use member::Member;
pub use reading::Reading;
pub use room::Room;
pub use tenant::Tenant;

mod users;
mod inner {
    pub mod deeper;
}
#[path = "nowhere/else.rs"]
mod explicit;

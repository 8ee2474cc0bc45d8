//! An application that brings its revisions along and upgrades its database at start.
//!
//! `DATABASE_URL=postgresql://… cargo run -p embedded`

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "an application reads its environment and prints"
)]

use limbeck_migrate::{Migrations, Settings};

static MIGRATIONS: Migrations = limbeck_migrate::embed!("migrations/versions");

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("{} revisions", MIGRATIONS.history()?.len());
    let Ok(url) = std::env::var("DATABASE_URL") else {
        return Ok(());
    };
    let report = MIGRATIONS.upgrade(&Settings::parse(&url)?).await?;
    for step in report.revisions() {
        println!("{} {}", step.revision, step.message);
    }
    Ok(())
}

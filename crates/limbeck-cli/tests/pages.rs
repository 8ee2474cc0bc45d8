//! The pages of `docs/` that show sessions: what they say is what happens.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod support;

use limbeck_server::testing::{PgBouncer, PoolMode};
use support::database::TestDatabase;
use support::page::{Place, hold};

/// A folder of a page, with an empty database for each of the variables.
fn place<'a>(name: &'a str, databases: &[(&'a str, &TestDatabase)]) -> Place<'a> {
    Place {
        name,
        urls: databases
            .iter()
            .map(|(variable, database)| (*variable, database.url()))
            .collect(),
    }
}

/// Alembic's half of the page is made by `docs/transcripts/make.py`, which needs the network.
#[test]
fn limbecks_half_of_the_transcripts() {
    let database = TestDatabase::new();
    hold(
        "transcripts/README.md",
        &[place("limbeck", &[("DATABASE_URL", &database)])],
    );
}

#[test]
fn two_branches_are_brought_to_one() {
    let (ada, ben) = (TestDatabase::new(), TestDatabase::new());
    let places = [
        place("ada", &[("DATABASE_URL", &ada)]),
        place("ben", &[("DATABASE_URL", &ben)]),
    ];
    hold("branches.md", &places);
}

#[test]
fn a_database_that_is_there_is_taken_on() {
    let database = TestDatabase::new();
    hold("adopting.md", &[place("desk", &[("DATABASE_URL", &database)])]);
}

#[test]
fn a_pooler_refuses_and_is_allowed() {
    let database = TestDatabase::new();
    let server = limbeck_postgres::Settings::parse(&database.url()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let starting = PgBouncer::start(&server, PoolMode::Transaction, 3, "");
    let Some(pooler) = runtime.block_on(starting) else {
        return;
    };
    // The folder of its socket is what an error calls it by.
    let folder = pooler.settings().host().into_owned();
    let mut desk = place("desk", &[("DATABASE_URL", &database)]);
    desk.urls
        .push(("POOLED_URL", pooler.settings().to_url_with_password()));
    desk.urls.push(("POOLER", folder));
    hold("poolers.md", &[desk]);
}

#[test]
fn environments_and_databases_combine() {
    let databases = [(); 4].map(|()| TestDatabase::new());
    let [database, analytics, production, production_analytics] = &databases;
    let desk = place(
        "desk",
        &[
            ("DATABASE_URL", database),
            ("ANALYTICS_URL", analytics),
            ("PRODUCTION_URL", production),
            ("PRODUCTION_ANALYTICS_URL", production_analytics),
        ],
    );
    hold("environments.md", &[desk]);
}

#[test]
fn mistakes_in_models_are_told() {
    hold("models.md", &[place("desk", &[]), place("workspace", &[])]);
}

//! What a server has no more of: locks, connections, memory.

use crate::page::holds;
use crate::site::Site;

#[test]
fn out_of_locks() {
    let mut site = Site::with(&["max_locks_per_transaction=10", "max_connections=10"]);
    site.second(
        "DO $$ BEGIN FOR n IN 1..4000 LOOP EXECUTE format('CREATE TABLE t%s ()', n); END LOOP; END $$;",
    );
    site.applied();
    holds("limits::out_of_locks", &site.upgrade());
    site.only_first();
    site.server
        .options(&["max_locks_per_transaction=1024", "max_connections=20"]);
    site.stop(limbeck_server::testing::Stop::Fast);
    site.start_again();
    site.ends_well();
}

#[test]
fn no_connection_left() {
    let site = Site::new();
    site.second("SELECT 1;");
    site.applied();
    site.execute("CREATE ROLE anna LOGIN CONNECTION LIMIT 0; GRANT USAGE ON SCHEMA limbeck TO anna; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA limbeck TO anna; GRANT USAGE ON ALL SEQUENCES IN SCHEMA limbeck TO anna");
    site.connect_as("anna");
    holds("limits::no_connection_left", &site.upgrade());
    site.execute("ALTER ROLE anna CONNECTION LIMIT 9");
    site.ends_well();
}

/// The heartbeat finds none: it beats first after ten seconds.
#[test]
fn no_connection_left_for_the_heartbeat() {
    let site = Site::new();
    site.second("SELECT pg_sleep(12);\n-- limbeck:up two\nSELECT 1;");
    site.applied();
    site.execute("CREATE ROLE anna LOGIN CONNECTION LIMIT 1; GRANT USAGE ON SCHEMA limbeck TO anna; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA limbeck TO anna; GRANT USAGE ON ALL SEQUENCES IN SCHEMA limbeck TO anna");
    site.connect_as("anna");
    holds("limits::no_connection_left_for_the_heartbeat", &site.upgrade());
    site.ends_well();
}

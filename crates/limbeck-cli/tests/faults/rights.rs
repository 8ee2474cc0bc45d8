//! Rights that a role lacks, and what somebody has put in a run's way on purpose.

use crate::page::holds;
use crate::site::Site;

#[test]
fn read_only_by_a_setting() {
    let site = Site::new();
    site.second("CREATE TABLE plans ();");
    site.applied();
    site.execute("ALTER DATABASE app SET default_transaction_read_only = on");
    holds("rights::read_only_by_a_setting", &site.upgrade());
    site.only_first();
    site.execute_in(
        "postgres",
        "ALTER DATABASE app RESET default_transaction_read_only",
    );
    site.ends_well();
}

#[test]
fn a_standby() {
    let mut site = Site::with(&["wal_level=replica", "max_wal_senders=1"]);
    site.second("CREATE TABLE plans ();");
    site.applied();
    site.stop(limbeck_server::testing::Stop::Fast);
    let signal = site.server.data_directory().join("standby.signal");
    std::fs::write(&signal, "").unwrap();
    site.start_again();
    holds("rights::a_standby", &site.upgrade());
    site.only_first();
    site.stop(limbeck_server::testing::Stop::Fast);
    std::fs::remove_file(&signal).unwrap();
    site.start_again();
    site.ends_well();
}

#[test]
fn none_to_make_the_own_schema() {
    let site = Site::new();
    site.second("SELECT 1;");
    site.execute("CREATE ROLE anna LOGIN; GRANT CREATE ON SCHEMA public TO anna");
    site.connect_as("anna");
    holds("rights::none_to_make_the_own_schema", &site.upgrade());
    site.execute("GRANT CREATE ON DATABASE app TO anna");
    site.ends_well();
}

#[test]
fn none_on_the_own_tables() {
    let site = Site::new();
    site.second("SELECT 1;");
    site.applied();
    site.execute("CREATE ROLE anna LOGIN");
    site.connect_as("anna");
    holds("rights::none_on_the_own_tables", &site.upgrade());
    site.execute("GRANT USAGE ON SCHEMA limbeck TO anna; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA limbeck TO anna; GRANT USAGE ON ALL SEQUENCES IN SCHEMA limbeck TO anna");
    site.ends_well();
}

#[test]
fn none_on_a_table() {
    let site = Site::new();
    site.second("ALTER TABLE users ADD nick text;");
    site.applied();
    site.execute("CREATE ROLE anna LOGIN; GRANT USAGE ON SCHEMA limbeck TO anna; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA limbeck TO anna; GRANT USAGE ON ALL SEQUENCES IN SCHEMA limbeck TO anna");
    site.connect_as("anna");
    holds("rights::none_on_a_table", &site.upgrade());
    site.only_first();
    site.execute("ALTER TABLE users OWNER TO anna");
    site.ends_well();
}

#[test]
fn an_event_trigger_that_raises() {
    let site = Site::new();
    site.second("CREATE TABLE plans ();");
    site.applied();
    site.execute(
        "CREATE FUNCTION no_change() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no change before Monday'; \
         END $$; CREATE EVENT TRIGGER no_change ON ddl_command_start EXECUTE FUNCTION no_change()",
    );
    holds("rights::an_event_trigger_that_raises", &site.upgrade());
    site.only_first();
    site.execute("DROP EVENT TRIGGER no_change");
    site.ends_well();
}

#[test]
fn a_login_trigger_that_raises() {
    let site = Site::of_major(17);
    site.second("CREATE TABLE plans ();");
    site.applied();
    site.execute("CREATE ROLE anna LOGIN SUPERUSER");
    site.execute(
        "CREATE FUNCTION closed() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN IF session_user = 'anna' THEN RAISE \
         'closed for maintenance'; END IF; END $$; CREATE EVENT TRIGGER closed ON login EXECUTE FUNCTION closed()",
    );
    site.connect_as("anna");
    holds("rights::a_login_trigger_that_raises", &site.upgrade());
    site.execute("DROP EVENT TRIGGER closed");
    site.ends_well();
}

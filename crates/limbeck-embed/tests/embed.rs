//! What `embed!` gives to an application.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

use limbeck_history::History;

const REVISIONS: &[(&str, &str)] = limbeck_embed::embed!("tests/versions");

#[test]
fn the_folder_becomes_a_history() {
    let embedded = History::from_files(REVISIONS).unwrap();
    let read = History::read(std::path::Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/versions"
    )))
    .unwrap();
    let texts = |history: &History| -> Vec<(String, String)> {
        let order = history.order_all();
        order
            .into_iter()
            .map(|revision| (revision.file_name(), revision.text.clone()))
            .collect()
    };
    assert_eq!(texts(&embedded), texts(&read));
    assert_eq!(texts(&embedded).len(), 2);
}

//! Revision files: read, and what was read pointed at.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use limbeck_fuzz as _;
use limbeck_history::Revision;

fuzz_target!(|bytes: &[u8]| {
    let path = Path::new("versions/20261121_100000_a.sql");
    match Revision::parse(path, bytes) {
        Err(error) => {
            assert!(error.line >= 1 && error.column >= 1 && error.length >= 1, "{error:?}");
            drop(format!("{error} {:?} {error:?}", error.hint()));
        }
        Ok(revision) => {
            for step in &revision.steps {
                for side in [&step.up, &step.down].into_iter().flatten() {
                    assert!(revision.text[side.offset..].starts_with(&side.sql), "{side:?}");
                    for require in &side.requires {
                        assert!(revision.text[require.offset..].starts_with(&require.sql), "{require:?}");
                        assert_eq!(limbeck_sql::statements(&require.sql).len(), 1);
                    }
                    if !side.options.transaction && side.options.rust.is_none() {
                        assert_eq!(limbeck_sql::statements(&side.sql).len(), 1);
                    }
                }
            }
            // Its own text, line ends made equal, is the same revision.
            let again = Revision::parse(path, revision.text.as_bytes()).expect("what was read is read again");
            assert_eq!(again, revision);
        }
    }
});

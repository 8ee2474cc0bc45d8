//! `limbeck.toml`, with and without an environment and a database chosen.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use limbeck_fuzz as _;
use limbeck_project::config::{Config, expand};

fuzz_target!(|text: &str| {
    let path = Path::new("limbeck.toml");
    for (environment, database) in [(None, None), (Some("e"), None), (None, Some("d")), (Some("e"), Some("d"))] {
        match Config::parse(path, text, environment, database) {
            Ok(config) => drop(format!("{config:?}")),
            Err(errors) => {
                assert!(!errors.is_empty());
                for error in errors {
                    assert!(error.range.start <= error.range.end && error.range.end <= text.len(), "{error:?}");
                    drop(format!("{error} {error:?}"));
                }
            }
        }
    }
    let variables = [("A".to_owned(), "value".to_owned())].into();
    let _ = expand(text, &variables);
});

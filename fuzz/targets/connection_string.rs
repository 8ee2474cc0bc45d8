//! Connection strings, as URLs and as keywords with values, and the variables that fill in what they leave out: the
//! first line of the input, and `NAME=value` in those after it.
//!
//! What is understood can be written as a URL that is understood as the same; nothing that is shown has the password.
#![no_main]

use libfuzzer_sys::fuzz_target;
use limbeck_fuzz as _;
use limbeck_postgres::{Defaults, Settings};

fuzz_target!(|input: &str| {
    let (text, variables) = input.split_once('\n').unwrap_or((input, ""));
    let mut defaults = Defaults {
        user: Some("somebody".to_owned()),
        ..Defaults::default()
    };
    let pairs = variables.lines().filter_map(|line| line.split_once('='));
    defaults.variables = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    // No file is to be opened that a text happens to name.
    if ["file", "service", "FILE", "SERVICE", "%"].iter().any(|word| variables.contains(word))
        || ["file", "service", "%66", "%73"].iter().any(|word| text.contains(word))
    {
        return;
    }
    match Settings::parse_with(text, &defaults) {
        Err(error) => {
            let _ = (error.to_string(), error.hint(), format!("{error:?}"));
        }
        Ok(settings) => {
            let url = settings.to_url_with_password();
            let again = Settings::parse(&url).expect("a URL of ours is understood");
            assert_eq!(again.to_url_with_password(), url, "from {text:?}");
            assert_eq!(again.hosts(), settings.hosts(), "from {text:?} by {url}");
            let shown = format!("{settings} {settings:?} {:?}", settings.direct());
            if let Some(password) = settings.password() {
                let secret = password.expose();
                // A short one is found in any text.
                let elsewhere = settings.with_password(None).to_string();
                assert!(
                    secret.len() < 6 || elsewhere.contains(secret) || !shown.contains(secret),
                    "{shown}"
                );
            }
        }
    }
});

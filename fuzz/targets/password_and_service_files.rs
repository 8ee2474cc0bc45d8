//! `~/.pgpass` and `pg_service.conf`: what stands before the first NUL, and what after it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use limbeck_postgres::{Defaults, Settings};

fuzz_target!(|input: &[u8]| {
    let middle = input.iter().position(|byte| *byte == 0).unwrap_or(input.len());
    let (passwords, services) = input.split_at(middle);
    let services = services.get(1..).unwrap_or_default();
    // A file that names others would have them opened.
    let names_files = |text: &[u8]| [&b"file"[..], b"cert", b"key", b"crl"].iter().any(|word| text.windows(word.len()).any(|part| part == *word));
    if names_files(services) {
        return;
    }
    let defaults = Defaults {
        user: Some("u".to_owned()),
        password_file: Some(limbeck_fuzz::write("pgpass", passwords)),
        service_files: vec![limbeck_fuzz::write("pg_service.conf", services)],
        ..Defaults::default()
    };
    for text in ["postgresql://u@h:1/d", "service=s", "postgresql:///?service=s&host=/tmp,b"] {
        match Settings::parse_with(text, &defaults) {
            Ok(settings) => {
                let _ = (settings.to_string(), format!("{settings:?}"));
            }
            Err(error) => {
                let _ = (error.to_string(), error.hint(), format!("{error:?}"));
            }
        }
    }
});

//! `.env`, as the program reads it: beside `limbeck.toml`, with the database's URL taken out of it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use limbeck_fuzz::{FOLDER, write};
use limbeck_project::{ConnectionDefaults, Directories, Host, Overrides, Project};

fuzz_target!(|text: &[u8]| {
    // A URL that names files would have them opened.
    if [&b"file"[..], b"service", b"FILE"].iter().any(|word| text.windows(word.len()).any(|part| part == *word)) {
        return;
    }
    let configuration = FOLDER.join("limbeck.toml");
    if !configuration.exists() {
        write("limbeck.toml", b"[database]\nurl = \"${A}\"\n");
    }
    write(".env", text);
    let host = Host {
        variables: Default::default(),
        path: None,
        directories: Directories {
            cache: FOLDER.join("cache"),
            data: FOLDER.join("data"),
            temporary: FOLDER.join("temporary"),
            shared_memory: None,
        },
        os_user: Some("u".to_owned()),
        host_name: None,
        connection: ConnectionDefaults::default(),
    };
    match Project::open(&FOLDER, &Overrides::default(), &host) {
        Ok(project) => match project.database_target() {
            Ok(target) => drop(format!("{target:?}")),
            Err(error) => drop(format!("{error} {error:?}")),
        },
        Err(error) => drop(format!("{error} {error:?}")),
    }
});

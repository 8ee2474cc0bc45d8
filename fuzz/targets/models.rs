//! Source files of models, and `.sql` files beside them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use limbeck_fuzz::{FOLDER, write};
use limbeck_model::{Inputs, SourceOptions};

fuzz_target!(|text: &[u8]| {
    // `mod` and `include` lead to other files, which are none of ours.
    if text.windows(2).any(|part| part == b"..") || text.windows(4).any(|part| part == b"path") {
        return;
    }
    write("models.rs", text);
    let models = ["models.rs".to_owned()];
    match limbeck_model::read(&FOLDER, &models, &SourceOptions::default(), &Inputs::default()) {
        Ok(models) => drop(format!("{models:?}")),
        Err(errors) => {
            assert!(!errors.is_empty());
            for error in errors {
                drop(format!("{error} {:?} {error:?}", error.hint()));
            }
        }
    }
});

//! What the targets share: a limit of memory, and folders that are written to again and again.

use std::alloc::System;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use cap::Cap;

/// The most memory that a target may hold. An allocation beyond it fails, which ends the target as a panic does.
#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, 100 * 1024 * 1024);

/// A folder of this process, in memory where the machine has such a place.
pub static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() {
        memory.to_owned()
    } else {
        std::env::temp_dir()
    };
    let folder = parent.join(format!("limbeck-fuzz-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder can be made");
    folder
});

/// Writes a file of that folder that only its owner may read, as files of passwords have to be.
pub fn write(name: &str, contents: &[u8]) -> PathBuf {
    use std::os::unix::fs::OpenOptionsExt as _;
    let path = FOLDER.join(name);
    let mut options = fs::OpenOptions::new();
    options.create(true).truncate(true).write(true).mode(0o600);
    let mut file = options.open(&path).expect("the file can be opened");
    std::io::Write::write_all(&mut file, contents).expect("the file can be written");
    path
}
